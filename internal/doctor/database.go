package doctor

import (
	"context"
	"fmt"
	"time"
)

func database(ctx context.Context, v *visit) Finding {
	const advice = "Check DATABASE_URL, and that the database runs and takes this user."
	if v.Store == nil {
		return fail("It cannot be opened: "+v.StoreError.Error(), advice)
	}
	if err := v.Store.Ping(ctx); err != nil {
		return fail("It does not answer: "+err.Error(), advice)
	}
	if v.Store.Postgres() {
		return ok("PostgreSQL answers.")
	}
	return ok("SQLite answers.")
}

// usable reports whether the database holds a shop that can be asked.
func (v *visit) usable(ctx context.Context) bool { return schema(ctx, v).Level == OK }

func schema(ctx context.Context, v *visit) Finding {
	if v.Store == nil || v.Store.Ping(ctx) != nil {
		return Finding{}
	}
	current, known, err := v.Store.SchemaVersion(ctx)
	switch {
	case err != nil:
		return fail("Its version cannot be read: "+err.Error(), "Check that this user may read the database.")
	case current == 0:
		return fail("The database is empty.", "Start the shop, or run `tuckshop migrate`.")
	case current < known:
		return fail(fmt.Sprintf("Version %d; this program needs %d.", current, known), "Run `tuckshop migrate`, or restart the shop, which does so itself.")
	case current > known:
		return fail(fmt.Sprintf("Version %d belongs to a newer version of the shop; this one knows %d.", current, known), "Install that version, or restore a backup.")
	}
	return ok("Version %d, up to date.", current)
}

func databaseClock(ctx context.Context, v *visit) Finding {
	if !v.usable(ctx) || !v.Store.Postgres() {
		return Finding{} // SQLite has this machine's clock
	}
	clock, err := v.Store.Clock(ctx)
	if err != nil {
		return warning("It cannot be read: "+err.Error(), "Check that this user may ask the database for the time.")
	}
	return clockFinding(time.Since(clock), "the database's")
}

// A job that is due is begun within a second or two.
const lateJob = 2 * time.Minute

func jobBacklog(ctx context.Context, v *visit) Finding {
	if !v.usable(ctx) {
		return Finding{}
	}
	b, err := v.Store.Backlog(ctx)
	if err != nil {
		return fail("They cannot be counted: "+err.Error(), "Restart the shop; if that does not help, run `tuckshop migrate`.")
	}
	switch {
	case b.Oldest != nil && time.Since(*b.Oldest) > lateJob:
		return fail(fmt.Sprintf("%s waiting, the oldest for %s.", count(b.Waiting, "job"), span(time.Since(*b.Oldest))),
			"Nothing works them: is the shop running? If it is, look into its log.")
	case b.GivenUp > 0:
		return warning(count(b.GivenUp, "job")+" given up.", "Look under Admin → Jobs for which, and why.")
	}
	return ok("%s waiting.", count(b.Waiting, "job"))
}

func webhooks(ctx context.Context, v *visit) Finding {
	if !v.usable(ctx) {
		return Finding{}
	}
	v.trip() // its event is the last one, and may end a silence
	silence, err := v.Store.Silence(ctx)
	if err != nil {
		return fail("They cannot be counted: "+err.Error(), "Restart the shop; if that does not help, run `tuckshop migrate`.")
	}
	w, err := v.Store.Waiting(ctx)
	if err != nil {
		return fail("They cannot be counted: "+err.Error(), "Restart the shop; if that does not help, run `tuckshop migrate`.")
	}
	text := "None has come yet"
	if w.LastEvent != nil {
		text = "The last one came " + span(time.Since(*w.LastEvent)) + " ago"
	}
	if w.OpenOrders > 0 && w.Oldest != nil {
		text += fmt.Sprintf("; %s waiting for payment, the oldest for %s", count(w.OpenOrders, "order"), span(time.Since(*w.Oldest)))
	}
	if silence.Silent() {
		return fail(fmt.Sprintf("%s. Order %s was paid %s ago, and Stripe has told nothing of it.", text, silence.OrderNumber, span(time.Since(silence.PaidAt))),
			"Events do not reach the shop; payments are found minutes late. Look at the webhook checks here, and run `tuckshop stripe setup`.")
	}
	return ok("%s.", text)
}

// count writes a number of things: "1 job", "2 jobs".
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// span writes a duration as people say it, in its largest unit.
func span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < 2*time.Minute:
		return count(int64(d/time.Second), "second")
	case d < 2*time.Hour:
		return count(int64(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int64(d/time.Hour), "hour")
	}
	return count(int64(d/(24*time.Hour)), "day")
}
