package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The menus of the shop.
const (
	MenuHeader = "header"
	MenuFooter = "footer"
)

// Menus lists them.
var Menus = [...]string{MenuHeader, MenuFooter}

// Menu is one menu as a merchant made it. A menu without entries is the shop's
// own: its collections.
type Menu struct {
	Name    string      `gorm:"primaryKey"`
	Entries []MenuEntry `gorm:"serializer:json"`
	Version int64       // grows with every save; 0: never saved
}

// MenuEntry is a line of a menu.
type MenuEntry struct {
	Label string `json:"label,omitempty"` // empty: the name of what it leads to
	Link  Link   `json:"link"`
}

// Limits of a menu.
const (
	MaxMenuEntries = 40
	maxHeader      = 12
	maxColumns     = 4
	maxLabel       = 60
)

// MenuField is the id of a field of the i-th entry in an editor.
func MenuField(i int, name string) string { return fmt.Sprintf("entry-%d-%s", i, name) }

// Menu returns a menu; one that was never saved has no entries.
func (s *Store) Menu(ctx context.Context, name string) (Menu, error) {
	if !slices.Contains(Menus[:], name) {
		return Menu{}, fmt.Errorf("find menu %q: %w", name, ErrNotFound)
	}
	menu := Menu{Name: name}
	err := found(s.read.WithContext(ctx).Where("name = ?", name).Take(&menu).Error, "find menu %q", name)
	if errors.Is(err, ErrNotFound) {
		return Menu{Name: name}, nil
	}
	return menu, err
}

// SaveMenu stores the entries of a menu; without any it is the shop's own
// again. It returns ErrConflict where somebody else saved meanwhile,
// ErrNotFound for a menu that is none, and InvalidErrors.
func (s *Store) SaveMenu(ctx context.Context, menu Menu, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if !slices.Contains(Menus[:], menu.Name) {
			return ErrNotFound
		}
		var before Menu
		err := s.toChange(tx).Where("name = ?", menu.Name).Take(&before).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		if before.Version != menu.Version {
			return ErrConflict
		}
		if err := menu.check(tx); err != nil {
			return err
		}
		row := menu
		row.Version++
		if row.Entries == nil {
			row.Entries = []MenuEntry{}
		}
		// Of a menu that was never saved there is no row to lock: a colleague's
		// may be there by now.
		err = unchanged(tx.Clauses(clause.OnConflict{
			Columns: []clause.Column{{Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"entries", "version"}),
			Where: clause.Where{Exprs: []clause.Expression{clause.Eq{Column: clause.Column{Table: "menus", Name: "version"}, Value: menu.Version}}},
		}).Create(&row))
		if err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditMenuSaved, "menu "+menu.Name, menuState(before), menuState(menu)); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("save menu %q: %w", menu.Name, err)
	}
	return nil
}

// room is how many entries a menu may have.
func (m Menu) room() int {
	if m.Name == MenuHeader {
		return maxHeader
	}
	return MaxMenuEntries
}

// Full says why a menu takes no further entry; empty where it does.
func (m Menu) Full() string {
	if len(m.Entries) < m.room() {
		return ""
	}
	return fmt.Sprintf("This menu has room for %d entries. Remove one first.", m.room())
}

// check checks the entries of a menu and finds what they name.
func (m *Menu) check(tx *gorm.DB) error {
	var faults InvalidErrors
	columns := 0
	if len(m.Entries) > m.room() {
		faults.add("entries", "This menu has room for %d entries.", m.room())
	}
	m.Entries = slices.Clone(m.Entries)
	for i := range m.Entries {
		entry := &m.Entries[i]
		checkText(&faults, MenuField(i, "label"), "The words", entry.Label, maxLabel)
		switch entry.Link.Kind {
		case LinkNone:
			faults.add(MenuField(i, "kind"), "Choose where it leads.")
		case LinkHeading:
			columns++
			if m.Name == MenuHeader {
				faults.add(MenuField(i, "kind"), "The header has no columns. Choose where it leads.")
			}
			if columns == maxColumns+1 {
				faults.add(MenuField(i, "kind"), "There is room for %d columns.", maxColumns)
			}
		}
		if entry.Label == "" && (entry.Link.Kind == LinkHeading || entry.Link.Kind == LinkURL && HTTPS(entry.Link.URL)) {
			faults.add(MenuField(i, "label"), "Enter the words to show.")
		}
		if err := entry.Link.check(tx, &faults, MenuField(i, "url")); err != nil {
			return err
		}
	}
	return faults.orNil()
}

// menuState is what the audit log says of a menu.
func menuState(m Menu) string {
	var entries []string
	for _, e := range m.Entries {
		entries = append(entries, strings.TrimSpace(fmt.Sprintf("%s (%s)", e.Label, strings.TrimSpace(string(e.Link.Kind)+" "+e.Link.URL))))
	}
	return strings.Join(entries, ", ")
}
