package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// EmailPaymentFailed tells a shopper that a delayed payment did not come.
const EmailPaymentFailed = "payment_failed"

// SendEmailArgs is the job that sends one mail.
type SendEmailArgs struct {
	EmailID int64 `json:"email_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (SendEmailArgs) Kind() string { return "send_email" }

// InsertOpts gives the mail about three days to get through: the first dozen
// attempts take an hour, the others come every hour.
func (SendEmailArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 84} }

// queueEmail writes a mail and the job that sends it. The Message-ID follows
// from order and kind and is unique: a second mail of the kind is no mail.
func (s *Store) queueEmail(tx *gorm.DB, order Order, kind, recipient string) error {
	if recipient == "" {
		recipient = order.Email
	}
	return s.writeEmail(tx, order, Email{OrderID: order.ID, Kind: kind, MessageID: s.messageID(order, kind), Recipient: recipient})
}

// queueRefundEmail tells a shopper of one refund: there may be several.
func (s *Store) queueRefundEmail(tx *gorm.DB, order Order, refundID int64) error {
	return s.writeEmail(tx, order, Email{
		OrderID: order.ID, Kind: EmailRefund, RefundID: &refundID, Recipient: order.Email,
		MessageID: s.messageID(order, fmt.Sprintf("%s-%d", EmailRefund, refundID)),
	})
}

func (s *Store) writeEmail(tx *gorm.DB, order Order, email Email) error {
	email.Status, email.CreatedAt = EmailQueued, s.now()
	result := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "message_id"}}, DoNothing: true}).Create(&email)
	if result.Error != nil {
		return fmt.Errorf("write the %s of order %d: %w", email.Kind, order.ID, result.Error)
	}
	if result.RowsAffected == 0 {
		return nil
	}
	return s.enqueue(tx, SendEmailArgs{EmailID: email.ID}, nil)
}

func (s *Store) messageID(order Order, kind string) string {
	sum := sha256.Sum256([]byte(kind + "|" + order.Token))
	domain := "localhost"
	if from, err := mail.ParseAddress(s.mailFrom); err == nil {
		domain = from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	}
	return fmt.Sprintf("%s.%s.%s@%s", kind, order.Number, hex.EncodeToString(sum[:8]), domain)
}

// EmailByID returns a mail.
func (s *Store) EmailByID(ctx context.Context, id int64) (Email, error) {
	var email Email
	err := s.read.WithContext(ctx).Take(&email, id).Error
	return email, found(err, "find mail %d", id)
}

// EmailToSend returns a mail with its order and that order's items.
func (s *Store) EmailToSend(ctx context.Context, id int64) (Email, Order, error) {
	email, err := s.EmailByID(ctx, id)
	if err != nil || email.Status == EmailSent {
		return email, Order{}, err
	}
	order, err := s.OrderByID(ctx, email.OrderID)
	return email, order, err
}

// EmailSent notes what was sent, and how: by smtp, or kept in the outbox.
func (s *Store) EmailSent(ctx context.Context, id int64, subject, html, text, transport string) error {
	err := s.write.WithContext(ctx).Model(&Email{}).Where("id = ?", id).Updates(map[string]any{
		"status": EmailSent, "attempts": gorm.Expr("attempts + 1"), "subject": subject, "html": html, "text": text,
		"transport": transport, "last_error": "", "sent_at": s.now(),
	}).Error
	if err != nil {
		return fmt.Errorf("note mail %d as sent: %w", id, err)
	}
	return nil
}

// EmailFailed keeps why a mail could not be sent; final means that nobody will
// try again by itself.
func (s *Store) EmailFailed(ctx context.Context, id int64, reason string, final bool) error {
	status := EmailQueued
	if final {
		status = EmailFailed
	}
	err := s.write.WithContext(ctx).Model(&Email{}).Where("id = ? AND status <> ?", id, EmailSent).
		Updates(map[string]any{"status": status, "attempts": gorm.Expr("attempts + 1"), "last_error": reason}).Error
	if err != nil {
		return fmt.Errorf("note the fault of mail %d: %w", id, err)
	}
	return nil
}

// queueAgain has a mail that was given up wait for another try.
func queueAgain(tx *gorm.DB, id int64) error {
	err := tx.Model(&Email{}).Where("id = ? AND status = ?", id, EmailFailed).UpdateColumn("status", EmailQueued).Error
	if err != nil {
		return fmt.Errorf("queue mail %d again: %w", id, err)
	}
	return nil
}

// Emails lists mails, newest first, before a given id; 0 starts at the newest.
func (s *Store) Emails(ctx context.Context, before int64, limit int) ([]Email, error) {
	var emails []Email
	query := s.read.WithContext(ctx).Omit("HTML", "Text").Order("id DESC").Limit(limit)
	if before > 0 {
		query = query.Where("id < ?", before)
	}
	if err := query.Find(&emails).Error; err != nil {
		return nil, fmt.Errorf("list mails: %w", err)
	}
	return emails, nil
}
