package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// worker does the i-th piece of work; done frees what it holds.
type worker struct {
	do   func(i int) error
	done func() error
}

// drive does count pieces of work with as many workers at a time, and measures
// each piece. The first error ends it.
func drive(workers, count int, newWorker func() (worker, error)) (result, error) {
	latencies := make([]time.Duration, count)
	crew := make([]worker, workers)
	faults := make([]error, workers)
	for i := range crew {
		var err error
		if crew[i], err = newWorker(); err != nil {
			return result{}, err
		}
	}
	var next atomic.Int64
	var running sync.WaitGroup
	began := time.Now()
	for w := range crew {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				start := time.Now()
				if faults[w] = crew[w].do(i); faults[w] != nil {
					next.Store(int64(count))
					return
				}
				latencies[i] = time.Since(start)
			}
		})
	}
	running.Wait()
	took := time.Since(began)
	for _, w := range crew {
		faults = append(faults, w.done())
	}
	slices.Sort(latencies)
	return result{
		rate: float64(count) / took.Seconds(), p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99),
	}, errors.Join(faults...)
}

// httpWorker posts prepared requests over one connection that stays open. The
// bytes are ready before the clock starts, so that the load costs little.
func httpWorker(ctx context.Context, addr string, request func(i int) []byte, check func(i int, r *http.Response) error) (worker, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return worker{}, fmt.Errorf("dial: %w", err)
	}
	reader := bufio.NewReader(conn)
	return worker{
		do: func(i int) error {
			if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
				return err
			}
			if _, err := conn.Write(request(i)); err != nil {
				return fmt.Errorf("write request %d: %w", i, err)
			}
			response, err := http.ReadResponse(reader, nil)
			if err != nil {
				return fmt.Errorf("read answer %d: %w", i, err)
			}
			return errors.Join(check(i, response), response.Body.Close())
		},
		done: conn.Close,
	}, nil
}

// post writes a request as it goes over the wire.
func post(addr, path, contentType string, body []byte, header ...string) []byte {
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n", path, addr, contentType, len(body))
	for _, line := range header {
		request = append(request, line+"\r\n"...)
	}
	return append(append(request, "\r\n"...), body...)
}
