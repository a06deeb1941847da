package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// mailServer takes every mail and remembers when it had the whole of it.
type mailServer struct {
	listener net.Listener
	arrived  chan struct{} // a word for each mail
	lock     sync.Mutex
	mails    map[string]time.Time // by recipient
	twice    int
}

func startMailServer(ctx context.Context) (*mailServer, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &mailServer{listener: listener, arrived: make(chan struct{}, 1<<20), mails: map[string]time.Time{}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go s.serve(conn)
		}
	}()
	return s, nil
}

func (s *mailServer) url() string { return "smtp://" + s.listener.Addr().String() }

// serve speaks as much of SMTP (RFC 5321) as a sender needs.
func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the sender has gone or is about to
	reader := bufio.NewReader(conn)
	recipient, inData := "", false
	say := func(line string) bool {
		_, err := conn.Write([]byte(line + "\r\n"))
		return err == nil
	}
	alive := say("220 bench")
	for alive {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if inData {
			if line == "." {
				inData = false
				s.took(recipient)
				alive = say("250 taken")
			}
			continue
		}
		switch verb, rest, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "RCPT":
			_, rest, _ = strings.Cut(rest, "<")
			recipient, _, _ = strings.Cut(rest, ">")
			alive = say("250 ok")
		case "DATA":
			inData = true
			alive = say("354 go on")
		case "QUIT":
			say("221 bye")
			return
		default:
			alive = say("250 ok")
		}
	}
}

func (s *mailServer) took(recipient string) {
	now := time.Now()
	s.lock.Lock()
	if _, before := s.mails[recipient]; before {
		s.twice++
	}
	s.mails[recipient] = now
	s.lock.Unlock()
	s.arrived <- struct{}{}
}

// await waits for count more mails.
func (s *mailServer) await(count int) error {
	deadline := time.NewTimer(2 * patience)
	defer deadline.Stop()
	for i := range count {
		select {
		case <-s.arrived:
		case <-deadline.C:
			return fmt.Errorf("%d mails of %d came", i, count)
		}
	}
	return nil
}

// when tells when the mail to a recipient came.
func (s *mailServer) when(recipient string) (time.Time, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	at, ok := s.mails[recipient]
	if !ok {
		return at, fmt.Errorf("no mail to %s came", recipient)
	}
	if s.twice > 0 {
		return at, errors.New("a mail came twice")
	}
	return at, nil
}

func (s *mailServer) close() error { return s.listener.Close() }
