package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running program of the comparison.
type process struct {
	addr  string
	took  time.Duration // from its start to its first page
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{} // closed with fault set
	fault error
}

func (p *process) url() string { return "http://" + p.addr }

// patience is how long a program may take to start or stop.
const patience = 30 * time.Second

// freeAddr is an address nobody listens on at the moment.
func freeAddr(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// startShop starts the shop in dir, with an environment of its own and what
// env adds, and waits for its first page.
func (b *bench) startShop(ctx context.Context, dir string, env ...string) (*process, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	simulator, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	return start(ctx, dir, addr, append([]string{
		"ADDR=" + addr, "BASE_URL=http://" + addr, "SIM_ADDR=" + simulator, "DATA_DIR=" + dir, "RATE_LIMITS=off", "TMPDIR=" + b.dir,
	}, env...), b.binary, "serve")
}

// start runs a program that listens on addr, and waits for its first page.
func start(ctx context.Context, dir, addr string, env []string, name string, args ...string) (*process, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", dir, err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // our own folder
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	p := &process{addr: addr, log: log, cmd: exec.CommandContext(ctx, name, args...), ended: make(chan struct{})} //nolint:gosec // our own programs
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	go func() {
		p.fault = p.cmd.Wait()
		close(p.ended)
	}()
	if err := p.awaitPage(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.took = time.Since(began)
	return p, nil
}

// awaitPage asks for the first page every millisecond until it is there.
func (p *process) awaitPage(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url()+"/", nil)
		if err != nil {
			return fmt.Errorf("ask for the first page: %w", err)
		}
		response, err := client.Do(request) //nolint:gosec // our own address
		if err == nil {
			_, readErr := io.Copy(io.Discard, response.Body)
			if err := errors.Join(readErr, response.Body.Close()); err != nil {
				return fmt.Errorf("read the first page: %w", err)
			}
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended before its first page: %w\n%s", p.cmd.Path, p.fault, p.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("no first page of %s: %w\n%s", p.cmd.Path, ctx.Err(), p.lastWords())
		case <-tick.C:
		}
	}
}

// lastWords is the end of what the program wrote.
func (p *process) lastWords() string {
	content, err := os.ReadFile(p.log.Name())
	if err != nil {
		return ""
	}
	return string(content[max(0, len(content)-2000):])
}

// stop ends the program and waits for it.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	return p.log.Close()
}

// memory is what the program holds, in MB: all its resident pages, and its
// proportional share of them.
func (p *process) memory() (resident, proportional float64, err error) {
	read := func(file, field string) float64 {
		content, readErr := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file))
		if readErr != nil {
			err = fmt.Errorf("read memory: %w", readErr)
			return 0
		}
		_, after, _ := strings.Cut(string(content), "\n"+field+":")
		value, _, _ := strings.Cut(strings.TrimSpace(after), " ")
		kilobytes, parseErr := strconv.ParseFloat(value, 64)
		if parseErr != nil {
			err = fmt.Errorf("read %s of %s: %w", field, file, parseErr)
		}
		return kilobytes / 1024
	}
	return read("status", "VmRSS"), read("smaps_rollup", "Pss"), err
}

// processor is how much processor time the program has used.
func (p *process) processor() (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	// See proc(5): the fields after the name in parentheses begin with the
	// third; the 14th and 15th are hundredths of a second.
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
