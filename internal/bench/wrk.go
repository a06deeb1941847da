package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wrk loads an address with 64 connections. An answer other than 2xx or 3xx,
// or a broken connection, is an error; an answer that takes longer than two
// seconds, a time-out to wrk, is only slow.
func wrk(ctx context.Context, address string, seconds int, header []string) (result, error) {
	args := []string{"-t1", "-c64", fmt.Sprintf("-d%ds", seconds), "--latency"}
	for _, line := range header {
		args = append(args, "-H", line)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, address)...).CombinedOutput() //nolint:gosec // our own addresses
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return readWrk(string(out))
}

var wrkLine = regexp.MustCompile(`(?m)^\s*(50%|99%|Requests/sec:)\s+([0-9.]+[a-z]*)\s*$`)

// readWrk reads what wrk printed.
func readWrk(out string) (result, error) {
	broken := strings.Contains(out, "Socket errors") && !strings.Contains(out, "connect 0, read 0, write 0")
	if broken || strings.Contains(out, "Non-2xx") {
		return result{}, fmt.Errorf("wrk met errors:\n%s", out)
	}
	var r result
	found := wrkLine.FindAllStringSubmatch(out, -1)
	for _, line := range found {
		var err error
		switch line[1] {
		case "50%":
			r.p50, err = time.ParseDuration(line[2])
		case "99%":
			r.p99, err = time.ParseDuration(line[2])
		default:
			r.rate, err = strconv.ParseFloat(line[2], 64)
		}
		if err != nil {
			return result{}, fmt.Errorf("read wrk's %s: %w", line[1], err)
		}
	}
	if len(found) != 3 {
		return result{}, fmt.Errorf("wrk printed something unknown:\n%s", out)
	}
	return r, nil
}
