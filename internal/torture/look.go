package main

import (
	"context"
	"fmt"
	"slices"
)

// sight is what was seen of the shop's database while it was being tortured.
type sight struct {
	looks  int
	broken []string          // without repetitions
	jobs   map[string]string // kind by id
}

// look reads the database as of one moment and holds it against the rules that
// are true at any moment, whatever is open then: the changes of one
// transaction are seen all or not at all.
func (t *torture) look(ctx context.Context) error {
	stock, err := t.readStock(ctx)
	if err != nil {
		return err
	}
	broken := stockRule(stock, t.stock)
	orders, err := t.database.rows(ctx, `SELECT number, status, stock_status FROM orders
		WHERE stock_status = 'reserved' AND status NOT IN ('pending', 'awaiting_payment', 'review')
		OR (stock_status = 'sold') <> (paid_at IS NOT NULL)`)
	if err != nil {
		return err
	}
	for _, row := range orders {
		broken = append(broken, fmt.Sprintf("order %s is %s and its stock %s", row[0], row[1], row[2]))
	}
	for _, what := range broken {
		if !slices.Contains(t.seen.broken, what) {
			t.seen.broken = append(t.seen.broken, what)
		}
	}
	jobs, err := t.database.rows(ctx, "SELECT id, kind FROM river_job WHERE kind NOT IN ('reconcile', 'clean_up')")
	for _, row := range jobs {
		t.seen.jobs[row[0]] = row[1]
	}
	t.seen.looks++
	return err
}
