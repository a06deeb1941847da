package mail_test

import (
	"testing"
)

func TestCheckSendsNothing(t *testing.T) {
	s := &server{}
	encrypted, err := start(t, s).Check(t.Context())
	if err != nil || encrypted {
		t.Errorf("a server without encryption: %t, %v", encrypted, err)
	}
	if len(s.got) != 0 {
		t.Errorf("%d messages were sent", len(s.got))
	}
}
