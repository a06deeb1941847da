package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// server is a PostgreSQL server that is the run's own, so that it can crash.
type server struct {
	data    string   // its folder
	control []string // pg_ctl, as the user that may call it
	options string   // what it was started with
}

// quotedWord is an argument as postmaster.opts writes it.
var quotedWord = regexp.MustCompile(`"([^"]*)"`)

// throwAway is how .ci/postgres names the folder of a server that lives for
// one command. No other is ever crashed.
const throwAway = "/tmp/tuckshop-postgres."

// findServer learns how the server at an address was started. It returns nil
// for a server that is not there for this alone.
func findServer(ctx context.Context, address string) (*server, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("find the server: %w", err)
	}
	defer db.Close() //nolint:errcheck // all is said
	s := &server{}
	if err := db.QueryRowContext(ctx, "SHOW data_directory").Scan(&s.data); err != nil {
		return nil, fmt.Errorf("find the server: %w", err)
	}
	if !strings.HasPrefix(s.data, throwAway) {
		return nil, nil
	}
	started, err := os.ReadFile(filepath.Join(s.data, "postmaster.opts"))
	if err != nil {
		return nil, fmt.Errorf("read how the server was started: %w", err)
	}
	program, _, _ := strings.Cut(string(started), " ")
	words := quotedWord.FindAllStringSubmatch(string(started), -1)
	for _, word := range words {
		if word[1] != "-D" && word[1] != s.data { // pg_ctl adds these itself
			s.options += " '" + word[1] + "'"
		}
	}
	s.control = []string{filepath.Join(filepath.Dir(program), "pg_ctl"), "-D", s.data, "-w", "-t", "300"}
	if os.Getuid() == 0 {
		s.control = append([]string{"runuser", "-u", "postgres", "--"}, s.control...)
	}
	return s, nil
}

// crash ends the server as a power cut would and starts it again after a
// while, even if ctx ends.
func (s *server) crash(ctx context.Context, wait time.Duration) error {
	lasting := context.WithoutCancel(ctx)
	err := s.pgControl(lasting, "-m", "immediate", "stop")
	rest(ctx, wait)
	return errors.Join(err, s.pgControl(lasting, "-l", filepath.Join(filepath.Dir(s.data), "log"), "-o", s.options, "start"))
}

func (s *server) pgControl(ctx context.Context, args ...string) error {
	words := append(append([]string{}, s.control...), args...)
	command := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // our own server
	command.Dir = "/"
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	return nil
}
