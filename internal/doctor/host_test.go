package doctor

import (
	"testing"
	"time"
)

func TestDiskFinding(t *testing.T) {
	for free, want := range map[uint64]Level{0: Fail, diskFull - 1: Fail, diskFull: Warning, diskLow - 1: Warning, diskLow: OK} {
		if got := diskFinding(free); got.Level != want || (want != OK) != (got.Advice != "") {
			t.Errorf("%d bytes: %+v, want %s", free, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 seconds", time.Second: "1 second", 119 * time.Second: "119 seconds", 2 * time.Minute: "2 minutes",
		2 * time.Hour: "2 hours", 47 * time.Hour: "47 hours", 48 * time.Hour: "2 days",
	} {
		if got := span(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
