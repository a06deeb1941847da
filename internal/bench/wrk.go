package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wrk loads an address with 64 connections. An answer other than 2xx or 3xx,
// or a broken connection, is an error; an answer that takes longer than two
// seconds, a time-out to wrk, is only slow. The requests take turns with the
// cookies, if there are any.
func (b *bench) wrk(ctx context.Context, address string, header, cookies []string) (result, error) {
	args := []string{"-t1", "-c64", fmt.Sprintf("-d%ds", b.seconds), "--latency"}
	for _, line := range header {
		args = append(args, "-H", line)
	}
	if len(cookies) > 0 {
		script := filepath.Join(b.dir, "cookies.lua")
		if err := os.WriteFile(script, fmt.Appendf(nil, takeTurns, strings.Join(cookies, `", "`)), 0o600); err != nil {
			return result{}, fmt.Errorf("write a script for wrk: %w", err)
		}
		args = append(args, "-s", script)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, address)...).CombinedOutput() //nolint:gosec // our own addresses
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return readWrk(string(out))
}

// takeTurns is a script for wrk.
const takeTurns = `local cookies, requests, turn = { "%s" }, {}, 0
function init(args)
	for i, cookie in ipairs(cookies) do
		wrk.headers["Cookie"] = cookie
		requests[i] = wrk.format()
	end
end
function request()
	turn = turn %% #requests + 1
	return requests[turn]
end
`

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
