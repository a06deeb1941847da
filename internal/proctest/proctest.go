// Package proctest runs the shop as a process of its own, for tests of what
// happens when it is killed: the real binary, a stand-in for Stripe and a mail
// server that outlive it, and questions to the database it leaves behind.
package proctest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Secret signs the webhooks of every Shop.
const Secret = "whsec_proctest"

// patience is how long a shop may take to start or to stop. On a busy machine
// that is long.
const patience = 3 * time.Minute

var binary string

// Main builds the shop with the race detector, runs the tests and ends the
// process. A package that starts a Shop calls it from its TestMain.
func Main(m *testing.M) {
	os.Exit(func() int {
		flag.Parse()
		// These tests wait for other processes most of the time, so more of
		// them run at once than there are cores.
		if err := flag.Set("test.parallel", "8"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		dir, err := os.MkdirTemp("", "tuckshop-proctest")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the folder for such things
		binary = filepath.Join(dir, "tuckshop")
		build := exec.CommandContext(context.Background(), "go", "build", "-race", "-o", binary, "tuckshop") //nolint:gosec // our own program
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build the shop:", err)
			return 1
		}
		return m.Run()
	}())
}

// Shop is the shop as a process.
type Shop struct {
	URL         string
	DataDir     string
	DatabaseURL string

	t   *testing.T
	env map[string]string

	mu      sync.Mutex
	command *exec.Cmd
	ended   chan struct{} // closed when the process has ended
	output  *output
	hearing *os.File      // the end of the pipe from its standard output
	deaf    chan struct{} // closed when nobody reads from there any more
}

// Start starts a shop with the demo catalogue on databaseURL and waits until
// it is ready. env adds to its environment. It is killed when the test ends.
func Start(t *testing.T, databaseURL string, env map[string]string) *Shop {
	t.Helper()
	dir := t.TempDir()
	s := &Shop{DataDir: dir, DatabaseURL: databaseURL, t: t}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("the shop's output:\n%s", s.Output())
		}
	})
	addr := FreeAddr(t)
	s.URL = "http://" + addr
	s.env = map[string]string{
		"ADDR": addr, "BASE_URL": s.URL, "DATA_DIR": dir, "DATABASE_URL": databaseURL, "DEMO": "on", "RATE_LIMITS": "off",
		"STRIPE_WEBHOOK_SECRET": Secret, "LOG_LEVEL": "warn", "PATH": os.Getenv("PATH"), "HOME": dir,
	}
	maps.Copy(s.env, env)
	s.Restart()
	return s
}

// Restart starts the process again, with the same environment and data, once
// the last one has ended, and waits until it is ready.
func (s *Shop) Restart() {
	s.t.Helper()
	s.start()
	Eventually(s.t, patience, "the shop is ready", func() bool {
		select {
		case <-s.ended:
			s.t.Fatalf("the shop ended at its start:\n%s", s.Output())
		default:
		}
		status, err := s.status("/readyz")
		return err == nil && status == http.StatusOK
	})
}

func (s *Shop) start() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.output == nil {
		s.output = &output{}
	}
	command := exec.CommandContext(context.WithoutCancel(s.t.Context()), binary, "serve") //nolint:gosec // our own program
	for name, value := range s.env {
		command.Env = append(command.Env, name+"="+value)
	}
	hearing, stdout, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	command.Stdout, command.Stderr = stdout, s.output
	err = command.Start()
	stdout.Close() //nolint:errcheck // it is the process's now
	if err != nil {
		s.t.Fatal(err)
	}
	ended, deaf := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(deaf)
		if _, err := io.Copy(s.output, hearing); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			s.t.Errorf("hear the shop: %v", err)
		}
	}()
	go func() {
		defer close(ended)
		defer hearing.Close() //nolint:errcheck // only read
		var exit *exec.ExitError
		if err := command.Wait(); err != nil && !errors.As(err, &exit) {
			s.t.Errorf("wait for the shop: %v", err)
		}
		<-deaf
		if strings.Contains(s.Output(), "WARNING: DATA RACE") {
			s.t.Errorf("the shop has a data race:\n%s", s.Output())
		}
	}()
	s.command, s.ended, s.hearing, s.deaf = command, ended, hearing, deaf
}

// Kill ends the process as a power cut would, with SIGKILL, and returns when
// it has ended. It may be called from several goroutines.
func (s *Shop) Kill() {
	s.mu.Lock()
	command, ended := s.command, s.ended
	s.mu.Unlock()
	if command == nil {
		return
	}
	if err := command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("kill the shop: %v", err)
	}
	<-ended
}

// Terminate asks the process to stop, with SIGTERM, and returns at once.
func (s *Shop) Terminate() {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatalf("stop the shop: %v", err)
	}
}

// Refuses waits until the process, which was asked to stop, takes no more
// requests.
func (s *Shop) Refuses() {
	s.t.Helper()
	Eventually(s.t, patience, "the shop takes no more requests", func() bool {
		connection, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
		if err == nil {
			connection.Close() //nolint:errcheck // only made
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
}

// ExitCode waits for the process to end and returns its exit code.
func (s *Shop) ExitCode() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the shop does not end")
	}
	return s.command.ProcessState.ExitCode()
}

// Output is what the process has written so far.
func (s *Shop) Output() string { return s.output.String() }

func (s *Shop) status(path string) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return 0, err
	}
	return do(request)
}

// FreeAddr is an address of this machine on which nothing listens. Its port is
// outside the range that outgoing connections take theirs from, so that it is
// still free when a killed shop comes back to it.
func FreeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(10_000)) //nolint:gosec // no secret
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no port is free")
	return ""
}

// Eventually asks until done says yes, for at most patience; more and more
// seldom, so that a long wait costs the others nothing.
func Eventually(t *testing.T, patience time.Duration, what string, done func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for wait := 20 * time.Millisecond; !done(); wait = min(2*wait, time.Second) {
		select {
		case <-deadline.C:
			t.Fatalf("still waiting after %s: %s", patience, what)
		case <-time.After(wait):
		}
	}
}

// output keeps what a process writes while others read it.
type output struct {
	mu      sync.Mutex
	content bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.content.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.content.String()
}
