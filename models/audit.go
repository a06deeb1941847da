package models

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"
)

// Actor is who changes something in the admin.
type Actor struct {
	StaffID int64  // 0: nobody who is logged in
	Email   string // of the member of staff, or what stands in for it
	Address string // the network address it came from; empty within the machine
}

// commandLine acts for whoever runs the program's commands.
var commandLine = Actor{Email: "command line"}

// AuditAction names what was done.
type AuditAction string

// The actions of the audit log. Stored entries carry them, so they never
// change.
const (
	AuditLogin           AuditAction = "login"
	AuditLoginFailed     AuditAction = "login_failed"
	AuditLogout          AuditAction = "logout"
	AuditSetup           AuditAction = "setup"
	AuditStaffCreated    AuditAction = "staff_created"
	AuditPasswordChanged AuditAction = "password_changed"
	AuditPasswordReset   AuditAction = "password_reset"
	AuditJobRetried      AuditAction = "job_retried"
	AuditRefund          AuditAction = "refund"
	AuditReviewAccepted  AuditAction = "review_accepted"
	AuditReviewCanceled  AuditAction = "review_canceled"
	AuditEventReplayed   AuditAction = "event_replayed"
	AuditDiscountCreated AuditAction = "discount_created"
	AuditDiscountChanged AuditAction = "discount_changed"
	AuditDiscountOff     AuditAction = "discount_off"
	AuditDiscountOn      AuditAction = "discount_on"
	AuditProductCreated  AuditAction = "product_created"
	AuditProductChanged  AuditAction = "product_changed" // its name, status or address
	AuditPriceChanged    AuditAction = "price_changed"
	AuditStockChanged    AuditAction = "stock_changed"
	AuditPictureRemoved  AuditAction = "picture_removed"

	AuditCollectionSaved   AuditAction = "collection_saved"
	AuditCollectionDeleted AuditAction = "collection_deleted"

	AuditIdentitySaved   AuditAction = "identity_saved"
	AuditLookSaved       AuditAction = "look_saved"
	AuditLogoChanged     AuditAction = "logo_changed"
	AuditHomeChanged     AuditAction = "home_changed" // its draft
	AuditHomePublished   AuditAction = "home_published"
	AuditPageSaved       AuditAction = "page_saved"
	AuditPageDeleted     AuditAction = "page_deleted"
	AuditMenuSaved       AuditAction = "menu_saved"
	AuditDeliveryChanged AuditAction = "delivery_changed"
	AuditDeliveryDeleted AuditAction = "delivery_deleted"
	AuditTaxChanged      AuditAction = "tax_changed"
	AuditImported        AuditAction = "imported"
	AuditImportCancelled AuditAction = "import_cancelled"
	AuditExported        AuditAction = "exported"
	AuditSearchesCleared AuditAction = "searches_cleared"
)

// AuditActions lists every action, for filters.
var AuditActions = [...]AuditAction{
	AuditLogin, AuditLoginFailed, AuditLogout, AuditSetup, AuditStaffCreated, AuditPasswordChanged, AuditPasswordReset, AuditJobRetried,
	AuditRefund, AuditReviewAccepted, AuditReviewCanceled, AuditEventReplayed,
	AuditDiscountCreated, AuditDiscountChanged, AuditDiscountOff, AuditDiscountOn,
	AuditProductCreated, AuditProductChanged, AuditPriceChanged, AuditStockChanged, AuditPictureRemoved,
	AuditCollectionSaved, AuditCollectionDeleted,
	AuditIdentitySaved, AuditLookSaved, AuditLogoChanged, AuditHomeChanged, AuditHomePublished, AuditPageSaved, AuditPageDeleted, AuditMenuSaved,
	AuditDeliveryChanged, AuditDeliveryDeleted, AuditTaxChanged,
	AuditImported, AuditImportCancelled, AuditExported,
	AuditSearchesCleared,
}

// AuditEntry says who did what, and when. Nothing in the shop changes or
// deletes one.
type AuditEntry struct {
	ID        int64
	StaffID   *int64
	Email     string
	Address   string
	Action    AuditAction
	Subject   string // what it was done to
	Before    string // what it was, where it changed
	After     string
	CreatedAt time.Time // UTC
}

// longestAudited bounds what a person typed, in bytes: the longest mail address
// there is (RFC 5321, section 4.5.3.1.3).
const longestAudited = 254

// audit adds an entry in the transaction of what it tells of.
func (s *Store) audit(tx *gorm.DB, actor Actor, action AuditAction, subject, before, after string) error {
	entry := AuditEntry{
		Email: audited(actor.Email), Address: actor.Address, Action: action,
		Subject: audited(subject), Before: before, After: after, CreatedAt: s.now(),
	}
	if actor.StaffID != 0 {
		entry.StaffID = &actor.StaffID
	}
	if err := tx.Create(&entry).Error; err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// audited cuts what a person typed to one short line.
func audited(typed string) string {
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, typed)
	if len(line) > longestAudited {
		line = strings.ToValidUTF8(line[:longestAudited], "")
	}
	return line
}

// AuditFilter chooses entries of the audit log.
type AuditFilter struct {
	Action AuditAction // empty: any
	Before int64       // ids below this one; 0 starts at the newest
	Limit  int
}

// Audit lists entries of the audit log, newest first.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	query := s.read.WithContext(ctx).Order("id DESC").Limit(f.Limit)
	if f.Action != "" {
		query = query.Where("action = ?", f.Action)
	}
	if f.Before > 0 {
		query = query.Where("id < ?", f.Before)
	}
	var entries []AuditEntry
	if err := query.Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("list the audit log: %w", err)
	}
	return entries, nil
}
