package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// examine shows what the doctor finds, with a test event or without.
func (a adminPages) examine(test bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		page := admin.DoctorPage{Findings: a.doctor(c.Request().Context(), test), CanTest: !a.simulated}
		for _, finding := range page.Findings {
			if finding.Level == "FAIL" {
				page.Failed++
			}
		}
		if test {
			a.watch.forget() // the event may have ended the silence
		}
		var err error
		if page.Frame, err = a.frame(c, "Doctor", "/admin/doctor"); err != nil {
			return err
		}
		return a.show(c, admin.Doctor(page))
	}
}

// watchAge is how long every page of the admin believes what one of them
// found out about the webhooks.
const watchAge = time.Minute

// webhookWatch knows whether webhooks have stopped coming.
type webhookWatch struct {
	store *models.Store
	now   func() time.Time

	mu      sync.Mutex
	known   models.Silence
	checked time.Time
}

func (w *webhookWatch) silence(ctx context.Context) (models.Silence, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if now.Sub(w.checked).Abs() < watchAge {
		return w.known, nil
	}
	found, err := w.store.Silence(ctx)
	if err != nil {
		return models.Silence{}, err
	}
	w.known, w.checked = found, now
	return found, nil
}

// forget makes the next page look anew.
func (w *webhookWatch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checked = time.Time{}
}
