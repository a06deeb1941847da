package models

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// How much one transaction of an import takes. On SQLite everybody else who
// writes waits for it. All of it is in memory.
const (
	stepProducts = 20
	stepRows     = 60
	stepSize     = 4 << 20 // bytes
)

// importKey is something that must be in a file only once.
type importKey struct {
	ImportID int64  `gorm:"primaryKey"`
	Kind     string `gorm:"primaryKey"`
	Value    string `gorm:"primaryKey"`
	Line     int64
}

// The kinds of importKey.
const (
	keyHandle = "handle"
	keySKU    = "sku"
)

// ImportFault is a row that is left out, with the reason.
type ImportFault struct {
	ID       int64
	ImportID int64
	Line     int64
	Handle   string
	Reason   string
	Own      bool  // else another row of its product has the fault
	Begins   int64 // bytes
	Length   int64
}

// importStep is the next piece of a file.
type importStep struct {
	products []importProduct
	rows     int64
	position int64 // of what comes behind
	line     int64
}

// readStep reads the next whole products.
func (s *Store) readStep(ctx context.Context, i Import) (importStep, error) {
	step := importStep{position: i.Position, line: i.Line}
	header, err := readHeader(i.Header)
	if err != nil {
		return step, err
	}
	shop, err := s.Shop(ctx)
	if err != nil {
		return step, err
	}
	file := s.records(ctx, i, i.Line, i.Position)
	var rows []importRow
	var size int64 // of the rows, in bytes
	for {
		begins, line := file.offset, file.line
		read, err := file.next()
		over := errors.Is(err, io.EOF)
		if err != nil && !over {
			return step, err
		}
		row := importRow{read, header}
		ends := over || row.Fault != "" || (len(rows) > 0 && (rows[0].Fault != "" || row.text(colHandle) != rows[0].text(colHandle))) || len(rows) == maxGroupRows
		if ends && len(rows) > 0 {
			step.products = append(step.products, readGroup(rows, size, shop.Currency))
			step.rows += int64(len(rows))
			step.position, step.line = begins, line
			rows, size = nil, 0
			if len(step.products) >= stepProducts || step.rows >= stepRows || step.position-i.Position >= stepSize {
				return step, nil
			}
		}
		if over {
			step.position, step.line = i.Size, file.line
			break
		}
		if size += row.Length; size > maxGroup {
			row.Cells = nil // nobody reads them
		}
		rows = append(rows, row)
	}
	return step, nil
}

// readGroup reads the rows of one product. Of those that are more bytes than one
// may have it knows no more than whose they are.
func readGroup(rows []importRow, size int64, currency string) importProduct {
	if size <= maxGroup {
		return readProduct(rows, currency)
	}
	first := readProduct(rows[:1], currency)
	large := importProduct{handle: first.handle, slug: first.slug, rows: rows}
	large.fault(0, "The rows of one product may have %d MB together.", maxGroup>>20)
	return large
}

// WorkImport does the next piece of an import, in one transaction with how far
// it has come. It reports whether there is more to do. Two that do the same
// piece at a time do it once.
func (s *Store) WorkImport(ctx context.Context, id int64) (more bool, err error) {
	i, err := s.ImportByID(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || !i.Working() {
		return false, err
	}
	step, err := s.readStep(ctx, i)
	if err == nil && i.Status == ImportChecking {
		err = s.checkStep(ctx, i, step)
	} else if err == nil {
		err = s.importStep(ctx, i, step)
	}
	if err != nil {
		return false, fmt.Errorf("work on import %d at line %d: %w", id, i.Line, err)
	}
	return true, nil
}

// advance notes how far an import has come. It reports false where somebody else
// has noted something in the meantime.
func (s *Store) advance(tx *gorm.DB, i Import, step importStep, counted map[string]int64, after ImportStatus) (bool, error) {
	changes := map[string]any{"position": step.position, "line": step.line, "updated_at": s.now()}
	for column, count := range counted {
		changes[column] = gorm.Expr("? + ?", clause.Column{Name: column}, count)
	}
	if step.position >= i.Size {
		changes["status"] = after
	}
	result := tx.Model(&Import{}).Where("id = ? AND status = ? AND position = ?", i.ID, i.Status, i.Position).UpdateColumns(changes)
	if result.Error != nil {
		return false, fmt.Errorf("note the progress: %w", result.Error)
	}
	return result.RowsAffected > 0, nil
}

// checkStep finds out what importing a piece would do.
func (s *Store) checkStep(ctx context.Context, i Import, step importStep) error {
	counted := map[string]int64{"rows_read": step.rows}
	var faults []ImportFault
	var firstBelow int64
	keys, err := s.newKeys(ctx, i, step)
	if err != nil {
		return err
	}
	for _, product := range step.products {
		product.faults = append(product.faults, keys.taken(product)...)
		plan, err := s.planProduct(s.read.WithContext(ctx), product, i.KeepExisting)
		if err != nil {
			return err
		}
		if len(plan.faults) == 0 && len(plan.below) > 0 {
			counted["below_rows"] += int64(len(plan.below))
			firstBelow = cmp.Or(firstBelow, slices.Min(plan.below))
		}
		switch {
		case len(plan.faults) > 0:
			counted["bad_products"]++
			faults = append(faults, plan.leaveOut(i.ID)...)
			for _, row := range product.rows {
				if row.Fault != "" {
					counted["unread_rows"]++
				}
			}
		case !plan.exists:
			counted["new_products"]++
		case plan.changes:
			counted["changed_products"]++
		default:
			counted["same_products"]++
		}
	}
	for _, fault := range faults {
		if fault.Own {
			counted["bad_rows"]++
		}
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		after := ImportChecked
		if ours, err := s.advance(tx, i, step, counted, after); err != nil || !ours {
			return err
		}
		if i.UnreadRows+counted["unread_rows"] > maxUnread {
			fault := fmt.Sprintf("More than %d rows cannot be read, the last before line %d. Is it a CSV file of products? %s", maxUnread, step.line, saveAsCSV)
			err := tx.Model(&Import{}).Where("id = ?", i.ID).UpdateColumns(map[string]any{"status": ImportFailed, "fault": fault}).Error
			if err != nil {
				return fmt.Errorf("give the file up: %w", err)
			}
		}
		if firstBelow > 0 && i.BelowLine == 0 {
			if err := tx.Model(&Import{}).Where("id = ?", i.ID).UpdateColumn("below_line", firstBelow).Error; err != nil {
				return fmt.Errorf("note stock below zero: %w", err)
			}
		}
		if len(keys.fresh) > 0 {
			if err := tx.CreateInBatches(keys.fresh, 200).Error; err != nil {
				return fmt.Errorf("note what is in the file: %w", err)
			}
		}
		return noteFaults(tx, faults)
	})
}

func noteFaults(tx *gorm.DB, faults []ImportFault) error {
	if len(faults) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(faults, 100).Error; err != nil {
		return fmt.Errorf("note the bad rows: %w", err)
	}
	return nil
}

// leaveOut are the rows of a product with a fault.
func (p importPlan) leaveOut(importID int64) []ImportFault {
	var out []ImportFault
	firstBad := int64(0)
	for n, row := range p.product.rows {
		var reasons []string
		for _, fault := range p.faults {
			if fault.row == n && !slices.Contains(reasons, fault.reason) {
				reasons = append(reasons, fault.reason)
			}
		}
		left := ImportFault{ImportID: importID, Line: row.Line, Handle: audited(p.product.handle), Own: len(reasons) > 0, Begins: row.Offset, Length: row.Length}
		for i, reason := range reasons {
			if i > 0 {
				left.Reason += " "
			}
			left.Reason += reason
		}
		if left.Own && firstBad == 0 {
			firstBad = row.Line
		}
		out = append(out, left)
	}
	for n := range out {
		if !out[n].Own {
			out[n].Reason = fmt.Sprintf("Nothing is wrong with this row, but with the one of the same product in line %d.", firstBad)
		}
	}
	return out
}

// fileKeys knows what of a file was there before, and in which line.
type fileKeys struct {
	seen  map[[2]string]int64
	fresh []importKey
	id    int64
}

// newKeys looks up which handles and SKUs of a piece the file had before.
func (s *Store) newKeys(ctx context.Context, i Import, step importStep) (*fileKeys, error) {
	keys := &fileKeys{seen: map[[2]string]int64{}, id: i.ID}
	wanted := map[string][]string{}
	for _, product := range step.products {
		wanted[keyHandle] = append(wanted[keyHandle], product.slug)
		for _, v := range product.variants {
			if v.sku != "" {
				wanted[keySKU] = append(wanted[keySKU], v.sku)
			}
		}
	}
	for kind, values := range wanted {
		var found []importKey
		err := s.read.WithContext(ctx).Where("import_id = ? AND kind = ? AND value IN ?", i.ID, kind, values).Find(&found).Error
		if err != nil {
			return nil, fmt.Errorf("look for what the file had before: %w", err)
		}
		for _, key := range found {
			keys.seen[[2]string{kind, key.Value}] = key.Line
		}
	}
	return keys, nil
}

// taken are the faults of a product that the file has named before, or whose
// SKUs another product of the file has. What is new is known from then on.
func (k *fileKeys) taken(product importProduct) []importFault {
	var faults []importFault
	if product.slug == "" || product.rows[0].Fault != "" {
		return nil
	}
	add := func(kind, value string, row int) (line int64, taken bool) {
		key := [2]string{kind, value}
		if line, taken = k.seen[key]; !taken {
			k.seen[key] = product.rows[row].Line
			k.fresh = append(k.fresh, importKey{ImportID: k.id, Kind: kind, Value: value, Line: product.rows[row].Line})
		}
		return line, taken
	}
	if line, taken := add(keyHandle, product.slug, 0); taken {
		faults = append(faults, importFault{0, fmt.Sprintf("%s: The product is in line %d, too. Put all its rows together, up to %d.", colHandle, line, maxGroupRows)})
	}
	for _, v := range product.variants {
		if v.sku == "" {
			continue
		}
		line, taken := add(keySKU, v.sku, v.row)
		if taken && !slices.ContainsFunc(product.rows, func(row importRow) bool { return row.Line == line }) { // in one product, the editor's own check says so
			faults = append(faults, importFault{v.row, fmt.Sprintf("%s: Another product of the file has it, too, in line %d. It says %s.", colSKU, line, shorten(v.sku))})
		}
	}
	return faults
}

// importStep writes a piece of the file into the shop.
func (s *Store) importStep(ctx context.Context, i Import, step importStep) error {
	var left []ImportFault
	if len(step.products) > 0 {
		err := s.read.WithContext(ctx).Select("line").Where("import_id = ? AND line BETWEEN ? AND ?", i.ID, i.Line, step.line).Find(&left).Error
		if err != nil {
			return fmt.Errorf("look for bad rows: %w", err)
		}
	}
	isLeft := func(product importProduct) bool {
		return slices.ContainsFunc(left, func(fault ImportFault) bool { return fault.Line == product.rows[0].Line })
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		// First, so that nobody else does the same piece.
		if ours, err := s.advance(tx, i, step, nil, ImportDone); err != nil || !ours {
			return err
		}
		counted := map[string]int64{}
		for _, product := range step.products {
			if isLeft(product) {
				continue
			}
			if err := s.importProduct(tx, i, product, counted); err != nil {
				return err
			}
		}
		changes := map[string]any{}
		for column, count := range counted {
			changes[column] = gorm.Expr("? + ?", clause.Column{Name: column}, count)
		}
		if len(changes) > 0 {
			if err := tx.Model(&Import{}).Where("id = ?", i.ID).UpdateColumns(changes).Error; err != nil {
				return fmt.Errorf("count what was imported: %w", err)
			}
		}
		if step.position < i.Size {
			return nil
		}
		return s.enqueue(tx, FetchPicturesArgs{ImportID: i.ID}, nil)
	})
}

// importProduct writes one product. One that has become bad since the check is
// left out like those that were.
func (s *Store) importProduct(tx *gorm.DB, i Import, product importProduct, counted map[string]int64) error {
	plan, err := s.planProduct(tx, product, i.KeepExisting)
	if err != nil {
		return err
	}
	if len(plan.faults) == 0 && plan.changes {
		err = tx.Transaction(func(tx *gorm.DB) error { return s.carryOut(tx, plan, i.ID, i.actor()) })
		var faults InvalidErrors
		switch {
		case errors.As(err, &faults):
			plan.faults = product.faultsOf(faults, make([]int, len(plan.edit.Variants)))
		case err != nil:
			return fmt.Errorf("import product %s: %w", product.slug, err)
		case plan.exists:
			counted["updated"]++
		default:
			counted["created"]++
		}
	}
	if len(plan.faults) == 0 {
		return nil
	}
	counted["bad_products"]++
	left := plan.leaveOut(i.ID)
	for _, fault := range left {
		if fault.Own {
			counted["bad_rows"]++
		}
	}
	return noteFaults(tx, left)
}

// ImportFaults lists the rows of an import that are left out and have a fault of
// their own, in the order of the file, behind a line; 0 starts at the first.
func (s *Store) ImportFaults(ctx context.Context, id, after int64, limit int) ([]ImportFault, error) {
	var faults []ImportFault
	err := s.read.WithContext(ctx).Where("import_id = ? AND own AND line > ?", id, after).Order("line, id").Limit(limit).Find(&faults).Error
	if err != nil {
		return nil, fmt.Errorf("list the bad rows of import %d: %w", id, err)
	}
	return faults, nil
}

// reasonColumn is the column that a file of bad rows has beside its own.
const reasonColumn = "Reason"

// BadRows hands out the rows that were left out as lines of a CSV file with the
// columns they came with and the reason, the names of the columns first. An
// import of that file ignores the reason.
func (s *Store) BadRows(ctx context.Context, id int64, write func(cells []string) error) error {
	i, err := s.ImportByID(ctx, id)
	if err == nil {
		err = write(append(slices.Clone(i.Header), reasonColumn))
	}
	if err != nil {
		return fmt.Errorf("write the bad rows of import %d: %w", id, err)
	}
	for after := int64(0); ; {
		var faults []ImportFault
		err := s.read.WithContext(ctx).Where("import_id = ? AND line > ?", id, after).Order("line, id").Limit(200).Find(&faults).Error
		if err != nil {
			return fmt.Errorf("list the bad rows of import %d: %w", id, err)
		}
		if len(faults) == 0 {
			return nil
		}
		for _, fault := range faults {
			after = fault.Line
			if err := s.badRow(ctx, i, fault, write); err != nil {
				return fmt.Errorf("write line %d of import %d: %w", fault.Line, id, err)
			}
		}
	}
}

// badRow hands out one row; one that is no CSV as its text, in the first cell.
func (s *Store) badRow(ctx context.Context, i Import, fault ImportFault, write func(cells []string) error) error {
	file := &importedFile{ctx: ctx, db: s.read, id: i.ID, offset: fault.Begins}
	raw, err := io.ReadAll(io.LimitReader(file, min(fault.Length, maxRecord)))
	if err != nil {
		return err
	}
	separator, _ := utf8.DecodeRuneInString(i.Separator)
	read, err := newRecordReader(bytes.NewReader(raw), separator, 1, 0).next()
	if err != nil {
		return err
	}
	cells := read.Cells
	if read.Fault != "" {
		cells = []string{string(raw)}
	}
	for len(cells) < len(i.Header) {
		cells = append(cells, "")
	}
	for n := range cells {
		cells[n] = csvText(cells[n])
	}
	return write(append(cells[:len(i.Header):len(i.Header)], fault.Reason))
}
