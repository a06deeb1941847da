package models

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Identity is how the shop presents itself, beside its name.
type Identity struct {
	ID         int64
	Tagline    string
	Email      string
	Address    string   // postal, of several lines
	Social     []string `gorm:"serializer:json"` // https
	Accent     string   // #rrggbb; empty: the theme's own
	Paper      string   // one of PaperTones; empty: the first
	Fonts      string   // one of FontPairs; empty: the first
	Mark       bool     // the sweet stands beside the name, while there is no logo
	LogoKey    string   // empty: none
	LogoWidth  int
	LogoHeight int
	LogoTone   string // LogoDark, LogoLight or neither
	ReturnDays int    // how long shoppers may send something back; 0: the shop says nothing about it
	Version    int64  // grows with every save of the texts
	// LookVersion grows with every save of Accent, Paper and Fonts.
	LookVersion int64
}

// TableName keeps the one-row table singular.
func (Identity) TableName() string { return "identity" }

// What a logo with nothing behind it is drawn in, where that is hard to see on
// one of the schemes.
const (
	LogoDark  = "dark"
	LogoLight = "light"
)

// PaperTones and FontPairs are what can be chosen of the looks.
var (
	PaperTones = [...]string{"warm", "white", "cool", "tinted"}
	FontPairs  = [...]string{"warm", "clear", "classic", "plain"}
)

// Limits of the shop's texts about itself.
const (
	maxShopName = 60
	maxTagline  = 120
	maxAddress  = 1000
	maxSocial   = 8
	maxEmail    = 254
	maxReturn   = 365 // days
)

// IdentityEdit is the shop's texts about itself as somebody wants them to be.
type IdentityEdit struct {
	Version    int64 // of the identity it was made from
	Name       string
	Tagline    string
	Email      string
	Address    string
	Social     []string
	Mark       bool
	ReturnDays int // 0: nothing is said
}

// Faults says what cannot be stored.
func (e IdentityEdit) Faults() InvalidErrors {
	var faults InvalidErrors
	if e.Name == "" {
		faults.add("name", "Enter the name of the shop.")
	}
	checkText(&faults, "name", "The name", e.Name, maxShopName)
	if strings.ContainsAny(e.Name, "\r\n") {
		faults.add("name", "Enter the name in one line.")
	}
	checkText(&faults, "tagline", "The line", e.Tagline, maxTagline)
	checkText(&faults, "address", "The address", e.Address, maxAddress)
	if e.Email != "" {
		parsed, err := mail.ParseAddress(e.Email)
		if err != nil || parsed.Address != e.Email || len(e.Email) > maxEmail {
			faults.add("email", "Enter a mail address, such as hello@example.com.")
		}
	}
	if e.ReturnDays < 0 || e.ReturnDays > maxReturn {
		faults.add("return-days", "Enter a whole number of days up to %d, or leave it empty.", maxReturn)
	}
	if len(e.Social) > maxSocial {
		faults.add("social", "Up to %d addresses can be shown.", maxSocial)
	}
	for _, address := range e.Social {
		if !HTTPS(address) {
			faults.add("social", "Write one address a line, each beginning with https://.")
			break
		}
	}
	return faults
}

// Identity returns how the shop presents itself.
func (s *Store) Identity(ctx context.Context) (Identity, error) {
	var identity Identity
	err := s.read.WithContext(ctx).Take(&identity, 1).Error
	return identity, found(err, "read the shop's identity")
}

// SaveIdentity stores the shop's name and its texts about itself. It returns
// ErrConflict where somebody else saved meanwhile, and InvalidErrors.
func (s *Store) SaveIdentity(ctx context.Context, edit IdentityEdit, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := edit.Faults().orNil(); err != nil {
			return err
		}
		var shop Shop
		var before Identity
		if err := s.toChange(tx).Take(&before, 1).Error; err != nil {
			return found(err, "read the shop's identity")
		}
		if err := tx.Take(&shop, 1).Error; err != nil {
			return found(err, "read the shop's row")
		}
		result := tx.Model(&Identity{}).Where("id = 1 AND version = ?", edit.Version).
			Select("tagline", "email", "address", "social", "mark", "return_days", "version").Updates(Identity{
			Tagline: edit.Tagline, Email: edit.Email, Address: edit.Address, Social: edit.Social, Mark: edit.Mark, ReturnDays: edit.ReturnDays, Version: edit.Version + 1,
		})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return ErrConflict
		}
		if err := tx.Model(&Shop{}).Where("id = 1").UpdateColumn("name", edit.Name).Error; err != nil {
			return err
		}
		was := identityState(shop.Name, before.Tagline, before.Email, before.Address, before.Social, before.ReturnDays)
		is := identityState(edit.Name, edit.Tagline, edit.Email, edit.Address, edit.Social, edit.ReturnDays)
		if err := s.audit(tx, actor, AuditIdentitySaved, "shop", was, is); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("save the shop's identity: %w", err)
	}
	return nil
}

// identityState is what the audit log says of the shop's texts about itself.
func identityState(name, tagline, email, address string, social []string, returnDays int) string {
	returns := ""
	if returnDays > 0 {
		returns = fmt.Sprintf("%d days to send it back", returnDays)
	}
	return strings.Join(slices.DeleteFunc([]string{
		name, tagline, email, strings.Join(strings.Fields(address), " "), strings.Join(social, " "), returns,
	}, func(part string) bool { return part == "" }), ", ")
}

// LookEdit is the shop's colours and fonts as somebody wants them to be.
type LookEdit struct {
	Version              int64 // of the look it was made from
	Accent, Paper, Fonts string
}

var hexColour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Faults says what cannot be stored.
func (e LookEdit) Faults() InvalidErrors {
	var faults InvalidErrors
	if !hexColour.MatchString(e.Accent) {
		faults.add("accent", "Choose a colour, such as #b8321a.")
	}
	if !slices.Contains(PaperTones[:], e.Paper) {
		faults.add("paper", "Choose a tone.")
	}
	if !slices.Contains(FontPairs[:], e.Fonts) {
		faults.add("fonts", "Choose a pair of fonts.")
	}
	return faults
}

// SaveLook stores the shop's colours and fonts. It returns ErrConflict where
// somebody else saved them meanwhile, and InvalidErrors.
func (s *Store) SaveLook(ctx context.Context, edit LookEdit, actor Actor) error {
	return s.changeIdentity(ctx, AuditLookSaved, actor, func(tx *gorm.DB, before Identity) (was, is string, err error) {
		if err := edit.Faults().orNil(); err != nil {
			return "", "", err
		}
		err = unchanged(tx.Model(&Identity{}).Where("id = 1 AND look_version = ?", edit.Version).UpdateColumns(map[string]any{
			"accent": edit.Accent, "paper": edit.Paper, "fonts": edit.Fonts, "look_version": edit.Version + 1,
		}))
		return lookState(LookEdit{Accent: before.Accent, Paper: before.Paper, Fonts: before.Fonts}), lookState(edit), err
	})
}

func lookState(e LookEdit) string {
	return strings.Join(strings.Fields(e.Accent+" "+e.Paper+" "+e.Fonts), ", ")
}

// Logo is a logo whose files are there.
type Logo struct {
	Key           string
	Width, Height int // pixels
	Tone          string
}

// SetLogo gives the shop a logo, or none for the zero value. The files of the
// one before go by a job.
func (s *Store) SetLogo(ctx context.Context, logo Logo, actor Actor) error {
	return s.changeIdentity(ctx, AuditLogoChanged, actor, func(tx *gorm.DB, before Identity) (was, is string, err error) {
		err = tx.Model(&Identity{}).Where("id = 1").UpdateColumns(map[string]any{
			"logo_key": logo.Key, "logo_width": logo.Width, "logo_height": logo.Height, "logo_tone": logo.Tone,
		}).Error
		if err == nil && before.LogoKey != "" {
			err = s.enqueue(tx, RemovePictureArgs{Key: before.LogoKey}, &river.InsertOpts{Priority: river.PriorityDefault + 3}) // nobody waits for it
		}
		return before.LogoKey, logo.Key, err
	})
}

// changeIdentity changes a part of the shop's identity and says so.
func (s *Store) changeIdentity(ctx context.Context, action AuditAction, actor Actor, change func(tx *gorm.DB, before Identity) (was, is string, err error)) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var before Identity
		if err := s.toChange(tx).Take(&before, 1).Error; err != nil {
			return found(err, "read the shop's identity")
		}
		was, is, err := change(tx, before)
		if err != nil {
			return err
		}
		if err := s.audit(tx, actor, action, "shop", was, is); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("change the shop's identity: %w", err)
	}
	return nil
}

// toChange locks the rows that are read, so that whoever changes them next
// reads what this transaction leaves. SQLite has one writer anyway.
func (s *Store) toChange(tx *gorm.DB) *gorm.DB {
	if s.postgres {
		return tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	return tx
}
