package main

import (
	"context"
	"os"
	"testing"
)

// TestDataIsMade: what a measurement needs can be made of the database as it is
// today.
func TestDataIsMade(t *testing.T) {
	b := &bench{dir: t.TempDir(), server: os.Getenv("TEST_DATABASE_URL")}
	for _, kind := range kinds {
		data, drop, err := b.newDatabase(context.Background(), kind, "made", 3)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		counts, err := data.rowCounts(t.Context())
		if err != nil || counts["orders"] != 4 || counts["checkout_attempts"] != 4 {
			t.Errorf("%s: %v, %v; want an order and three copies", kind, counts, err)
		}
		if err := drop(); err != nil {
			t.Error(err)
		}
	}
}
