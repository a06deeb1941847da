package models

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// cartCounts counts the carts of many shoppers with few questions. Every page
// of a shopper with a cart says how much is in it, and on a busy shop asking
// for each alone costs more than the rest of the page. So up to countsAtOnce
// questions are under way; who comes meanwhile is in the next one, which is
// asked when one of them is answered. What it answers was stored before it was
// asked, so everyone sees what they put into their cart a moment ago.
type cartCounts struct {
	mu   sync.Mutex
	busy int
	next *cartQuestion
}

// cartQuestion asks for the carts of some token hashes.
type cartQuestion struct {
	hashes   []string
	answered chan struct{} // closed with pieces and err set
	pieces   map[string]int64
	err      error
}

const (
	countsAtOnce  = 4
	countPatience = 10 * time.Second // nobody who left ends a question that others wait for
)

// join puts a cart into the next question. begin is whether it is for the
// caller to ask it.
func (c *cartCounts) join(hash string) (question *cartQuestion, begin bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = &cartQuestion{answered: make(chan struct{})}
	}
	question = c.next
	question.hashes = append(question.hashes, hash)
	if begin = c.busy < countsAtOnce; begin {
		c.busy++
		c.next = nil
	}
	return question, begin
}

// leave ends a question and returns the next one, if anybody waits for it.
func (c *cartCounts) leave() *cartQuestion {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.next
	c.next = nil
	if next == nil {
		c.busy--
	}
	return next
}

// CartCount is how many pieces a token's cart holds; 0 for no cart.
func (s *Store) CartCount(ctx context.Context, token string) (int64, error) {
	hash := HashToken(token)
	question, begin := s.counts.join(hash)
	if begin {
		s.countCarts(context.WithoutCancel(ctx), question)
		if next := s.counts.leave(); next != nil {
			go s.countOthers(context.WithoutCancel(ctx), next)
		}
	}
	select {
	case <-question.answered:
		return question.pieces[hash], question.err
	case <-ctx.Done():
		return 0, fmt.Errorf("count a cart: %w", ctx.Err())
	}
}

// countOthers asks one question after the other until nobody waits.
func (s *Store) countOthers(ctx context.Context, question *cartQuestion) {
	for question != nil {
		s.countCarts(ctx, question)
		question = s.counts.leave()
	}
}

const cartPieces = "SELECT c.token_hash, SUM(i.quantity) FROM carts c JOIN cart_items i ON i.cart_id = c.id WHERE c.token_hash"

// countCarts asks a question.
func (s *Store) countCarts(ctx context.Context, question *cartQuestion) {
	ctx, cancel := context.WithTimeout(ctx, countPatience)
	defer cancel()
	defer close(question.answered)
	question.pieces = make(map[string]int64, len(question.hashes))
	in, list, err := s.among(question.hashes)
	if err == nil {
		err = s.each(ctx, cartPieces+in+" GROUP BY c.token_hash", func(rows *sql.Rows) error {
			var hash string
			var pieces int64
			if err := rows.Scan(&hash, &pieces); err != nil {
				return err
			}
			question.pieces[hash] = pieces
			return nil
		}, list)
	}
	if err != nil {
		question.err = fmt.Errorf("count carts: %w", err)
	}
}
