package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// shop is the shop's real program, started again whenever it ends.
type shop struct {
	url string
	env []string
	bin string
	log *os.File

	mu      sync.Mutex
	process *os.Process
	started time.Time
	ended   chan struct{}
	pause   time.Duration // before the next start
	killed  bool
	kills   int
	ends    int // that nobody asked for
}

// build makes the shop's program, with the race detector.
func build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "tuckshop")
	command := exec.CommandContext(ctx, "go", "build", "-race", "-o", bin, "tuckshop") //nolint:gosec // fixed words
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("build the shop: %w", err)
	}
	return bin, nil
}

// newShop prepares a shop; keep starts it.
func newShop(bin, dir, addr string, env map[string]string) (*shop, error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600) //nolint:gosec // our own folder
	if err != nil {
		return nil, fmt.Errorf("open the shop's log: %w", err)
	}
	s := &shop{url: "http://" + addr, bin: bin, log: log}
	for name, value := range map[string]string{
		"ADDR": addr, "BASE_URL": s.url, "DATA_DIR": dir, "DEMO": "on", "RATE_LIMITS": "off", "LOG_LEVEL": "warn", "LOG_FORMAT": "json",
		"RECONCILE_INTERVAL": "5s", "RECONCILE_AFTER": "5s", "PATH": os.Getenv("PATH"), "HOME": dir,
	} {
		s.env = append(s.env, name+"="+value)
	}
	for name, value := range env {
		s.env = append(s.env, name+"="+value)
	}
	return s, nil
}

// keep runs the shop until ctx ends and starts it again when it ends.
func (s *shop) keep(ctx context.Context) error {
	for ctx.Err() == nil {
		command := exec.CommandContext(ctx, s.bin, "serve") //nolint:gosec // our own program
		command.Env, command.Stdout, command.Stderr = s.env, s.log, s.log
		command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		started := time.Now()
		if err := command.Start(); err != nil {
			return fmt.Errorf("start the shop: %w", err)
		}
		ended := make(chan struct{})
		s.mu.Lock()
		s.process, s.started, s.ended, s.killed, s.pause = command.Process, started, ended, false, 200*time.Millisecond
		s.mu.Unlock()
		err := command.Wait()
		s.mu.Lock()
		if !s.killed && ctx.Err() == nil {
			s.ends++
			fmt.Fprintf(s.log, "the shop ended by itself: %v\n", err)
		}
		close(ended)
		pause := s.pause
		s.mu.Unlock()
		rest(ctx, pause)
	}
	return nil
}

// kill ends the shop as a power cut would; it comes back after the pause. It
// waits for a shop that is just coming back.
func (s *shop) kill(ctx context.Context, pause time.Duration) error {
	return await(ctx, "a shop to kill", func() (bool, error) {
		s.mu.Lock()
		process, ended := s.process, s.ended
		if process == nil || s.killed {
			s.mu.Unlock()
			return false, nil
		}
		s.killed, s.pause = true, pause
		s.kills++
		_ = process.Kill() // it may have ended a moment ago
		s.mu.Unlock()
		<-ended
		return true, nil
	})
}

// since is when the shop was started last.
func (s *shop) since() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.started
}

// ready waits until the shop answers.
func (s *shop) ready(ctx context.Context) error {
	return await(ctx, "the shop is ready", func() (bool, error) {
		status, err := get(ctx, s.url+"/readyz")
		return err == nil && status == http.StatusOK, nil
	})
}

// complaints are the lines of the log that must not be there.
func (s *shop) complaints() ([]string, error) {
	content, err := os.ReadFile(s.log.Name())
	if err != nil {
		return nil, fmt.Errorf("read the shop's log: %w", err)
	}
	var found []string
	for _, word := range []string{"WARNING: DATA RACE", "panic:", "fatal error:"} {
		if at := bytes.Index(content, []byte(word)); at >= 0 {
			found = append(found, string(content[at:min(len(content), at+3000)]))
		}
	}
	return found, nil
}

func get(ctx context.Context, address string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// freeAddr is an address nobody listens on. Its port is outside the range that
// outgoing connections take theirs from, so that it is still free when a
// killed shop comes back to it.
func freeAddr(ctx context.Context) (string, error) {
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(10_000)) //nolint:gosec // no secret
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err == nil {
			return addr, listener.Close()
		}
	}
	return "", errors.New("no port is free")
}

// during is a context that ends after a time. It has no deadline, so that
// nothing, such as a connection that is being made, gives up a moment earlier
// with an error of its own.
func during(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(d, cancel)
	return ctx, func() {
		timer.Stop()
		cancel()
	}
}

// rest waits for a time, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// await asks until done says yes or ctx ends; the error names what did not
// come.
func await(ctx context.Context, what string, done func() (bool, error)) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		yes, err := done()
		if yes || err != nil {
			return err
		}
		rest(ctx, wait)
		if ctx.Err() != nil {
			return fmt.Errorf("still waiting: %s", what)
		}
	}
}
