// Command mutants takes away, one at a time, what keeps the money right, and
// wants a test to fail for each. It works in a copy of the last commit:
//
//	.ci/postgres run go run ./.ci/mutants [NAME…]
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// mutant is a change that must not go unnoticed.
type mutant struct {
	name string
	file string // or several, separated by spaces, that all have the text
	old  string
	new  string
	pkg  string
	run  string // the tests that should notice
}

// both are the two databases' migrations of a number and name.
func both(name string) string {
	return "models/migrations/sqlite/" + name + " models/migrations/postgres/" + name
}

var mutants = []mutant{
	{"no lock on the order's row", "models/checkout.go", `if tx.Name() == "postgres" {`, `if false {`,
		"./models", "TestConcurrentDeliveriesPayOnce|TestStaffRefunds|TestReviews"},
	{"an order can be paid whatever its status", "models/funnel.go", `case order.Paid() || order.Status == OrderReview:`, `case order.Status == OrderReview:`,
		"./models", "TestConcurrentDeliveriesPayOnce|TestMoneyArrives"},
	{"a payment intent may have two rows", both("00004_money.sql"), "payment_intent_id TEXT UNIQUE", "payment_intent_id TEXT",
		"./models", "TestMoneyArrives"},
	{"an event's second delivery is applied", "models/events.go", `if row.Deliveries > 1 {`, `if false {`,
		"./models", "TestMoneyArrives|TestConcurrentDeliveriesPayOnce"},
	{"an event's id is no key", both("00001_shop.sql"), "CREATE TABLE stripe_events (\n    id          TEXT PRIMARY KEY", "CREATE TABLE stripe_events (\n    id          TEXT",
		"./models", "TestMoneyArrives"},
	{"a mail may be written twice", both("00001_shop.sql"), "message_id TEXT NOT NULL UNIQUE", "message_id TEXT NOT NULL",
		"./models", "TestMoneyArrives"},
	{"jobs are inserted outside of their transaction", "models/store.go",
		"	sqlTx, err := transactionOf(tx)\n	if err == nil {", "	if s.postgres {\n		_, err := s.jobs.Insert(tx.Statement.Context, args, opts)\n		return err\n	}\n	sqlTx, err := transactionOf(tx)\n	if err == nil {",
		"./models", "TestJobsFollowTheirTransaction"},
	{"the total is not compared", "models/funnel.go", `case *session.AmountTotal != order.Total:`, `case false:`,
		"./models", "TestWhatDoesNotFit"},
	{"the subtotal is not compared", "models/funnel.go", `case *session.AmountSubtotal != order.LinesTotal():`, `case false:`,
		"./models", "TestWhatDoesNotFit"},
	{"the currency is not compared", "models/funnel.go", `case !strings.EqualFold(session.Currency, order.Currency):`, `case false:`,
		"./models", "TestWhatDoesNotFit"},
	{"a signature never gets too old", "internal/payments/webhook.go", `off > signatureTolerance || off < -signatureTolerance`, `off < -signatureTolerance`,
		"./handlers", "TestWebhookAnswers"},
	{"a signature may come from the future", "internal/payments/webhook.go", `off > signatureTolerance || off < -signatureTolerance`, `off > signatureTolerance`,
		"./handlers", "TestWebhookAnswers"},
	{"the empty secret signs", "internal/payments/webhook.go", `if secret == "" {`, `if false {`,
		"./handlers", "TestWebhookWithoutSecret"},
	{"stock is reserved that is not there", "models/checkout.go", `Where("id = ? AND stock - reserved - backordered >= ?", line.VariantID, line.Quantity)`, `Where("id = ? AND ? > 0", line.VariantID, line.Quantity)`,
		"./models", "TestFiftyShoppersForTenPieces"},
	{"stock is sold that is not there", "models/stock.go", `Where("id = ? AND stock - reserved >= ?", m.VariantID, -m.Change)`, `Where("id = ? AND ? > 0", m.VariantID, -m.Change)`,
		"./models", "TestMoneyArrives"},
	{"a discount is given that is used up", "models/offers.go", ` AND (max_uses = 0 OR used + reserved < max_uses)`, ``,
		"./models", "TestThirtyShoppersForOneUse"},
	{"a customer's uses are not counted at checkout", "models/offers.go", `if err == nil && used {`, `if used = false; err == nil && used {`,
		"./models", "TestOneCustomerAtOnceTwenty"},
	{"a discount's use is not given back", "models/checkout.go", `return s.releaseDiscount(tx, order)`, `return nil`,
		"./models", "TestUsesGoWithTheStock"},
	{"a cart is sold at another total than was shown", "models/offers.go", `if shown == nil || *shown == now {`, `if true {`,
		"./models", "TestADiscountThatEndsIsNotDroppedInSilence"},
	{"a line's refund knows nothing of its discount", "models/refunds.go", `nets[i] = item.Total - item.Discount`, `nets[i] = item.Total`,
		"./models", "TestRefundsByLineComeToWhatWasPaid"},
	{"tax is worked out before the discount", "models/tax.go", `amount -= shares[i]`, `amount -= 0 * shares[i]`,
		"./models", "TestOwnTax"},
	{"the tax Stripe names is taken whatever its delivery cost", "models/tax_order.go", `case *session.AmountShipping != order.Shipping:`, `case false:`,
		"./models", "TestTaxThatStripeWorksOut"},
	{"what delivery cost goes back twice", "models/refunds.go", `if r.Delivery && DeliveryRefunded(payments) {`, `if false {`,
		"./models", "TestTaxThatStripeWorksOut"},
	{"a payment page outlives its delivery", "models/cart.go", `parts = append(parts, sum.print()...)`, ``,
		"./models", "TestDeliveryOfACart"},
	{"pieces go back at a rounded price each", "models/refunds.go", `amount += paidFor(paid, before+line.Quantity, item.Quantity, step) - paidFor(paid, before, item.Quantity, step)`, `amount += paidFor(paid, line.Quantity+0*before, item.Quantity, step)`,
		"./models", "TestRefundsByLineComeToWhatWasPaid"},
	{"stock moves without a word in the ledger", "models/stock.go", `return true, s.enterMoves(tx, why, done)`, `return true, nil`,
		"./models", "TestStockLedger"},
	{"of two who save one product the second wins unasked", "models/products.go", `if before.Version != draft.Version {`, `if false {`,
		"./models", "TestProductIsMadeAndSaved"},
	{"more may go back than was paid", "models/refunds.go", `case amount > left:`, `case false:`,
		"./models", "TestStaffRefunds"},
	{"a refund may be made while a dispute is open", "models/refunds.go", `case payment.Disputed():`, `case false:`,
		"./models", "TestDisputes"},
	{"a refunded figure may fall", "models/refunds.go", `higher := *charge.AmountRefunded > payment.ChargeRefunded`, `higher := *charge.AmountRefunded != payment.ChargeRefunded`,
		"./models", "TestMoneyGoesBack"},
	{"an order ends without a word of Stripe's", "jobs/reconcile.go", `if attempt.Status == models.AttemptFailed {`, `if attempt.Status != "" {`,
		"./jobs", "TestUnopenedAttemptIsAskedAbout"},
	{"a refund is asked for again without a look at Stripe's", "jobs/reconcile.go", `if job.Attempt > 1 {`, `if false {`,
		"./jobs", "TestRefundDoneBehindAFault"},
	{"an order that is over waits for money again", "models/funnel.go", "if order.Status != OrderPending {\n			return OutcomeUnchanged", "if false {\n			return OutcomeUnchanged",
		"./models", "TestWhatComesLateChangesNothing"},
	{"goods come back that were never sold", "models/refunds.go", `line.Restocked && order.StockStatus == StockSold &&`, `line.Restocked &&`,
		"./models", "TestReviewKeepsWhatIsTheOrders"},
	{"an order with money in it is canceled", "models/reviews.go", `payment.AmountRefunded < payment.Amount {`, `payment.AmountRefunded == 0 {`,
		"./models", "TestReviewKeepsWhatIsTheOrders"},
}

func main() {
	ctx := context.Background()
	survived, err := check(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if survived > 0 {
		fmt.Printf("%d survived: no test notices them.\n", survived)
		os.Exit(1)
	}
}

// check tries the mutants of the given names, or all, and says how many no
// test noticed.
func check(ctx context.Context, names []string) (survived int, err error) {
	scratch, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // a folder of the system's temporary ones
	tree := filepath.Join(scratch, "tree")
	if out, err := exec.CommandContext(ctx, "git", "worktree", "add", "--detach", tree, "HEAD").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("copy the last commit: %w\n%s", err, out)
	}
	defer func() {
		if removeErr := exec.CommandContext(ctx, "git", "worktree", "remove", "--force", tree).Run(); err == nil {
			err = removeErr
		}
	}()
	for _, m := range mutants {
		if len(names) > 0 && !slices.Contains(names, m.name) {
			continue
		}
		caught, err := m.try(ctx, tree)
		if err != nil {
			return survived, fmt.Errorf("%s: %w", m.name, err)
		}
		if caught == "" {
			survived++
			caught = "NOTHING"
		}
		fmt.Printf("%-50s caught by %s\n", m.name, caught)
	}
	return survived, nil
}

var failed = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)

// patience bounds the tests of one mutant: one that makes them wait for ever
// is noticed too.
const patience = 4 * time.Minute

// try applies a mutant, runs its tests and undoes it. It names the first test
// that noticed.
func (m mutant) try(ctx context.Context, tree string) (string, error) {
	for _, file := range strings.Fields(m.file) {
		path := filepath.Join(tree, file)
		was, err := os.ReadFile(path) //nolint:gosec // a file of this list
		if err != nil {
			return "", err
		}
		if strings.Count(string(was), m.old) != 1 {
			return "", fmt.Errorf("%s has the text to change %d times: bring the list up to date", file, strings.Count(string(was), m.old))
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(was), m.old, m.new, 1)), 0o600); err != nil {
			return "", err
		}
		defer os.WriteFile(path, was, 0o600) //nolint:errcheck // the next mutant would not find its text
	}
	if out, err := command(ctx, tree, "go", "vet", "-unreachable", m.pkg); err != nil {
		return "", fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	out, err := command(ctx, tree, "go", "test", "-count=1", "-failfast", "-timeout", patience.String(), "-run", m.run, m.pkg)
	if err == nil {
		if strings.Contains(out, "no tests to run") {
			return "", fmt.Errorf("no test is called %s", m.run)
		}
		return "", nil
	}
	names := failed.FindAllStringSubmatch(out, -1)
	if len(names) == 0 {
		if strings.Contains(out, "panic: test timed out") {
			return "the time-out of " + m.run, nil
		}
		return "", fmt.Errorf("no test has failed: %w\n%s", err, out)
	}
	return names[len(names)-1][1], nil
}

func command(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}
