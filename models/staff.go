package models

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrStaffExists says that the shop has an owner already, or that the mail
// address is taken.
var ErrStaffExists = errors.New("there is such a member of staff already")

// CreateStaff stores a member of staff with an argon2id hash of the password.
// It returns an InvalidError for a malformed address and ErrStaffExists for
// one that is taken. Only the command line makes staff.
func (s *Store) CreateStaff(ctx context.Context, email, passwordHash string, role Role) (Staff, error) {
	staff, err := newStaff(email, passwordHash, role)
	if err != nil {
		return staff, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&staff).Error; err != nil {
			return err
		}
		return s.audit(tx, commandLine, AuditStaffCreated, staff.Email, "", string(staff.Role))
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = ErrStaffExists
	}
	return staff, found(err, "create staff %s", staff.Email)
}

func newStaff(email, passwordHash string, role Role) (Staff, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
		return Staff{}, &InvalidError{"email", "Enter a mail address like name@example.com."}
	}
	if !slices.Contains(roles, role) {
		return Staff{}, &InvalidError{"role", "Choose owner, manager, fulfilment or viewer."}
	}
	return Staff{Email: email, PasswordHash: passwordHash, Role: role}, nil
}

// NewSetupToken makes a one-time token with which the first owner is made, or
// returns ErrStaffExists where there is staff.
func (s *Store) NewSetupToken(ctx context.Context) (string, error) {
	token := NewToken()
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var staff int64
		if err := tx.Model(&Staff{}).Count(&staff).Error; err != nil {
			return err
		}
		if staff > 0 {
			return ErrStaffExists
		}
		row := map[string]any{"token_hash": HashToken(token), "created_at": s.now()}
		return tx.Table("setup_tokens").Create(row).Error
	})
	if err != nil {
		return "", fmt.Errorf("make a setup token: %w", err)
	}
	return token, nil
}

// SetupTokenValid reports whether a token may still make the first owner.
func (s *Store) SetupTokenValid(ctx context.Context, token string) (bool, error) {
	var tokens int64
	err := s.read.WithContext(ctx).Table("setup_tokens").Where("token_hash = ?", HashToken(token)).Count(&tokens).Error
	if err != nil {
		return false, fmt.Errorf("check a setup token: %w", err)
	}
	return tokens > 0, nil
}

// CreateFirstOwner spends a setup token on the first owner. It returns
// ErrNotFound for a token that is wrong or spent. All tokens end with the
// first one used. address is where the request came from.
func (s *Store) CreateFirstOwner(ctx context.Context, token, email, passwordHash, address string) (Staff, error) {
	staff, err := newStaff(email, passwordHash, RoleOwner)
	if err != nil {
		return staff, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		spent := tx.Exec("DELETE FROM setup_tokens WHERE token_hash = ?", HashToken(token))
		if spent.Error != nil {
			return spent.Error
		}
		if spent.RowsAffected == 0 {
			return ErrNotFound
		}
		if err := tx.Exec("DELETE FROM setup_tokens").Error; err != nil {
			return err
		}
		// Another token may have won a moment ago.
		var there int64
		if err := tx.Model(&Staff{}).Count(&there).Error; err != nil {
			return err
		}
		if there > 0 {
			return ErrNotFound
		}
		if err := tx.Create(&staff).Error; err != nil {
			return err
		}
		return s.audit(tx, Actor{StaffID: staff.ID, Email: staff.Email, Address: address}, AuditSetup, staff.Email, "", string(staff.Role))
	})
	return staff, found(err, "create the first owner")
}

// StaffByEmail returns the member of staff with that address.
func (s *Store) StaffByEmail(ctx context.Context, email string) (Staff, error) {
	var staff Staff
	err := s.read.WithContext(ctx).Where("email = ?", strings.ToLower(strings.TrimSpace(email))).Take(&staff).Error
	return staff, found(err, "find staff by mail")
}

// StaffByID returns a member of staff.
func (s *Store) StaffByID(ctx context.Context, id int64) (Staff, error) {
	var staff Staff
	err := s.read.WithContext(ctx).Take(&staff, id).Error
	return staff, found(err, "find staff %d", id)
}

// StaffCount is how many members of staff there are.
func (s *Store) StaffCount(ctx context.Context) (int64, error) {
	var count int64
	if err := s.read.WithContext(ctx).Model(&Staff{}).Count(&count).Error; err != nil {
		return 0, fmt.Errorf("count staff: %w", err)
	}
	return count, nil
}

// StaffLoggedIn notes a login.
func (s *Store) StaffLoggedIn(ctx context.Context, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Model(&Staff{}).Where("id = ?", actor.StaffID).UpdateColumn("last_login_at", s.now()).Error; err != nil {
			return err
		}
		return s.audit(tx, actor, AuditLogin, actor.Email, "", "")
	})
	return found(err, "note the login of staff %d", actor.StaffID)
}

// StaffLoginFailed notes that somebody tried to log in. What was typed as a
// mail address is kept only where it looks like one: it may be a password.
func (s *Store) StaffLoginFailed(ctx context.Context, typed, address string) error {
	if !strings.Contains(typed, "@") {
		typed = "(no mail address)"
	}
	actor := Actor{Email: strings.ToLower(strings.TrimSpace(typed)), Address: address}
	return found(s.audit(s.write.WithContext(ctx), actor, AuditLoginFailed, actor.Email, "", ""), "note a failed login")
}

// StaffLoggedOut notes a logout.
func (s *Store) StaffLoggedOut(ctx context.Context, actor Actor) error {
	return found(s.audit(s.write.WithContext(ctx), actor, AuditLogout, actor.Email, "", ""), "note a logout")
}

// ChangePassword gives the actor a new password, as an argon2id hash, and ends
// every session. It returns the actor as stored then.
func (s *Store) ChangePassword(ctx context.Context, actor Actor, passwordHash string) (Staff, error) {
	var staff Staff
	err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
		staff, err = s.setPassword(tx, actor.StaffID, passwordHash, actor, AuditPasswordChanged)
		return err
	})
	return staff, found(err, "change the password of staff %d", actor.StaffID)
}

// ResetPassword gives the member of staff with that address a new password, as
// an argon2id hash, and ends every session of theirs. It returns ErrNotFound
// for an address nobody has. Only the command line asks for it.
func (s *Store) ResetPassword(ctx context.Context, email, passwordHash string) (Staff, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	var staff Staff
	err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
		if err := tx.Where("email = ?", email).Take(&staff).Error; err != nil {
			return err
		}
		staff, err = s.setPassword(tx, staff.ID, passwordHash, commandLine, AuditPasswordReset)
		return err
	})
	return staff, found(err, "reset the password of %s", email)
}

func (s *Store) setPassword(tx *gorm.DB, id int64, hash string, actor Actor, action AuditAction) (Staff, error) {
	var staff Staff
	err := tx.Model(&Staff{}).Where("id = ?", id).
		Updates(map[string]any{"password_hash": hash, "session_version": gorm.Expr("session_version + 1")}).Error
	if err != nil {
		return staff, err
	}
	if err := tx.Take(&staff, id).Error; err != nil {
		return staff, err
	}
	return staff, s.audit(tx, actor, action, staff.Email, "", "")
}

type staffSession struct {
	TokenHash string `gorm:"primaryKey"`
	Data      []byte
	ExpiresAt time.Time
}

func (staffSession) TableName() string { return "staff_sessions" }

// StaffSessions keeps the sessions of staff for alexedwards/scs. It stores a
// hash of each token.
type StaffSessions struct{ store *Store }

// StaffSessions is the session store on this database.
func (s *Store) StaffSessions() *StaffSessions { return &StaffSessions{s} }

// FindCtx returns a session's data.
func (t *StaffSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var row staffSession
	err := t.store.read.WithContext(ctx).
		Where("token_hash = ? AND expires_at > ?", HashToken(token), t.store.now()).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return row.Data, true, nil
}

// CommitCtx stores a session.
func (t *StaffSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	row := staffSession{TokenHash: HashToken(token), Data: data, ExpiresAt: expiry.UTC()}
	err := t.store.write.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "token_hash"}}, DoUpdates: clause.AssignmentColumns([]string{"data", "expires_at"}),
	}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session.
func (t *StaffSessions) DeleteCtx(ctx context.Context, token string) error {
	err := t.store.write.WithContext(ctx).Where("token_hash = ?", HashToken(token)).Delete(&staffSession{}).Error
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context. It, Commit and Delete complete what scs
// asks for; it calls those with a context.
func (t *StaffSessions) Find(token string) ([]byte, bool, error) {
	return t.FindCtx(context.Background(), token)
}

// Commit stores a session; see CommitCtx.
func (t *StaffSessions) Commit(token string, data []byte, expiry time.Time) error {
	return t.CommitCtx(context.Background(), token, data, expiry)
}

// Delete ends a session; see DeleteCtx.
func (t *StaffSessions) Delete(token string) error { return t.DeleteCtx(context.Background(), token) }

// DeleteExpiredStaffSessions cleans up and says how many there were.
func (s *Store) DeleteExpiredStaffSessions(ctx context.Context) (int64, error) {
	result := s.write.WithContext(ctx).Where("expires_at < ?", s.now()).Delete(&staffSession{})
	if result.Error != nil {
		return 0, fmt.Errorf("delete expired sessions: %w", result.Error)
	}
	return result.RowsAffected, nil
}
