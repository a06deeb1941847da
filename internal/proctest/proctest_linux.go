package proctest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Deafen makes the process wait for ever in its next write to standard output:
// nobody reads from there any more, and the pipe is full.
func (s *Shop) Deafen() {
	s.t.Helper()
	if err := s.hearing.SetReadDeadline(time.Now()); err != nil {
		s.t.Fatal(err)
	}
	<-s.deaf
	// Opened anew, so that it alone does not wait.
	pipe, err := unix.Open(fmt.Sprintf("/proc/%d/fd/1", s.command.Process.Pid), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		s.t.Fatalf("open the shop's standard output: %v", err)
	}
	defer unix.Close(pipe) //nolint:errcheck // what it was for is done
	for _, size := range []int{4096, 1} {
		for err = nil; err == nil; {
			_, err = unix.Write(pipe, make([]byte, size))
		}
		if !errors.Is(err, unix.EAGAIN) {
			s.t.Fatalf("fill the shop's standard output: %v", err)
		}
	}
}

// FillDisk makes every write of the process to a file fail, as on a full disk,
// until the returned function is called.
func (s *Shop) FillDisk() (free func()) {
	s.t.Helper()
	var before unix.Rlimit
	if err := unix.Prlimit(s.command.Process.Pid, unix.RLIMIT_FSIZE, nil, &before); err != nil {
		s.t.Fatal(err)
	}
	set := func(bytes uint64) {
		s.t.Helper()
		if err := unix.Prlimit(s.command.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: before.Max}, nil); err != nil {
			s.t.Fatalf("limit the size of the shop's files: %v", err)
		}
	}
	set(0)
	return sync.OnceFunc(func() { set(before.Cur) })
}
