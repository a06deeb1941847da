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
	sender  Sender
	baseURL string
	from    string
}

func (w *sendEmail) Work(ctx context.Context, job *river.Job[models.SendEmailArgs]) error {
	message, order, err := w.store.StartEmail(ctx, job.Args.EmailID)
	if err != nil {
		return err
	}
	if message.Status == models.EmailSent {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			_ = w.failed(ctx, job, message, fmt.Errorf("panic: %v", r)) // the mail says it too
			panic(r)
		}
	}()
	subject, html, text, err := w.draw(ctx, message, order)
	if err == nil {
		err = w.sender.Send(ctx, mail.Message{
			MessageID: message.MessageID, From: w.from, To: message.Recipient, Subject: subject, HTML: html, Text: text,
		})
	}
	if err != nil {
		return w.failed(ctx, job, message, err)
	}
	return w.store.EmailSent(ctx, message.ID, subject, html, text, w.sender.Name())
}

func (w *sendEmail) draw(ctx context.Context, message models.Email, order models.Order) (subject, html, text string, err error) {
	shop, err := w.store.Shop(ctx)
	if err != nil {
		return "", "", "", err
	}
	content := email.Receipt{ShopName: shop.Name, BaseURL: w.baseURL, OrderURL: w.baseURL + "/orders/" + order.Token, Order: order}
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
