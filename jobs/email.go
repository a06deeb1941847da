package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"tuckshop/internal/mail"
	"tuckshop/models"
	"tuckshop/views/email"
)

// sendEmail sends one mail. A crash between the server's yes and our note of
// it makes the mail go out again, with the same Message-ID.
type sendEmail struct {
	river.WorkerDefaults[models.SendEmailArgs]
	store   *models.Store
	turns   turns
	sender  Sender
	baseURL string
	from    string
}

// turns bounds how many mails use the database at a time. Most of a mail's time
// is the mail server's, so that many are under way at once; but while payments
// come in one after the other, the database is theirs first.
type turns chan struct{}

// mailTurns is enough for some hundred mails a second.
const mailTurns = 2

func (t turns) take(ctx context.Context, f func() error) error {
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	defer func() { <-t }()
	return f()
}

func (w *sendEmail) Work(ctx context.Context, job *river.Job[models.SendEmailArgs]) error {
	var message models.Email
	var content mail.Message
	err := w.turns.take(ctx, func() (err error) {
		message, content, err = w.prepare(ctx, job)
		return err
	})
	if err != nil || message.Status == models.EmailSent {
		return err
	}
	defer w.notePanic(ctx, job, message)
	if err := w.sender.Send(ctx, content); err != nil {
		return w.failed(ctx, job, message, err)
	}
	return w.turns.take(ctx, func() error {
		return w.store.EmailSent(ctx, message.ID, content.Subject, content.HTML, content.Text, w.sender.Name())
	})
}

// prepare reads a mail and writes what it says. A mail that was sent already
// comes back without content.
func (w *sendEmail) prepare(ctx context.Context, job *river.Job[models.SendEmailArgs]) (models.Email, mail.Message, error) {
	message, order, err := w.store.EmailToSend(ctx, job.Args.EmailID)
	if err != nil || message.Status == models.EmailSent {
		return message, mail.Message{}, err
	}
	defer w.notePanic(ctx, job, message)
	content := mail.Message{MessageID: message.MessageID, From: w.from, To: message.Recipient}
	if content.Subject, content.HTML, content.Text, err = w.draw(ctx, message, order); err != nil {
		return message, content, w.failed(ctx, job, message, err)
	}
	return message, content, nil
}

// notePanic, deferred, has the mail itself say that its job panicked.
func (w *sendEmail) notePanic(ctx context.Context, job *river.Job[models.SendEmailArgs], message models.Email) {
	if r := recover(); r != nil {
		_ = w.failed(ctx, job, message, fmt.Errorf("panic: %v", r))
		panic(r)
	}
}

func (w *sendEmail) draw(ctx context.Context, message models.Email, order models.Order) (subject, html, text string, err error) {
	shop, err := w.store.Shop(ctx)
	if err != nil {
		return "", "", "", err
	}
	identity, err := w.store.Identity(ctx)
	if err != nil {
		return "", "", "", err
	}
	content := email.Receipt{ShopName: shop.Name, Accent: identity.Accent, Paper: identity.Paper, BaseURL: w.baseURL, OrderURL: w.baseURL + "/orders/" + order.Token, Order: order}
	switch message.Kind {
	case models.EmailReceipt:
		return email.Render(ctx, content)
	case models.EmailPaymentFailed:
		return email.RenderPaymentFailed(ctx, content)
	case models.EmailRefund:
		if message.RefundID == nil {
			return "", "", "", fmt.Errorf("mail %d names no refund", message.ID)
		}
		refund, payment, err := w.store.RefundByID(ctx, *message.RefundID)
		if err != nil {
			return "", "", "", err
		}
		return email.RenderRefund(ctx, email.Refund{Receipt: content, Amount: payment.Price(refund.Amount)})
	}
	return "", "", "", fmt.Errorf("no mail of kind %q", message.Kind)
}

// failed keeps the fault with the mail. A fault that trying again cannot mend
// ends the job; it stays visible.
func (w *sendEmail) failed(ctx context.Context, job *river.Job[models.SendEmailArgs], message models.Email, fault error) error {
	var permanent *mail.PermanentError
	final := errors.As(fault, &permanent)
	note := context.WithoutCancel(ctx)
	if err := w.store.EmailFailed(note, message.ID, fault.Error(), final || job.Attempt >= job.MaxAttempts); err != nil {
		return errors.Join(fault, err)
	}
	if final {
		return river.JobCancel(fault)
	}
	return fmt.Errorf("send mail %d: %w", message.ID, fault)
}
