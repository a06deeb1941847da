package models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// MaxImport is how large a file of products may be, in bytes.
const MaxImport = 100 << 20

// importChunk is the size of the pieces in which a file is kept: small enough
// that writing one holds nobody up.
const importChunk = 128 << 10

// ImportStatus is where an import stands.
type ImportStatus string

// The states of an import.
const (
	ImportReceiving ImportStatus = "receiving" // the file is being sent
	ImportChecking  ImportStatus = "checking"
	ImportChecked   ImportStatus = "checked" // staff decides
	ImportRunning   ImportStatus = "importing"
	ImportDone      ImportStatus = "done"
	ImportCancelled ImportStatus = "cancelled"
	ImportFailed    ImportStatus = "failed" // the file is at fault as a whole
)

// Import is a file of products on its way into the shop. Nothing of it is in the
// shop before staff has seen what it would do.
type Import struct {
	ID              int64
	Name            string // of the file
	Status          ImportStatus
	KeepExisting    bool   // products that are there stay as they are
	Encoding        string // the file came in
	Separator       string
	Header          []string `gorm:"serializer:json"`
	Begins          int64    // bytes; where the rows begin
	BeginsLine      int64
	Size            int64 // bytes, as UTF-8
	Position        int64 // bytes; all before it is worked off
	Line            int64 // of that position
	RowsRead        int64
	BadRows         int64 // with a fault of their own
	UnreadRows      int64 // of these, those that are no CSV
	BadProducts     int64 // that are left out
	BelowRows       int64 // with less than nothing on hand, which is read as nothing
	BelowLine       int64 // the first of them
	NewProducts     int64 // by the check
	ChangedProducts int64
	SameProducts    int64 // nothing of them would change
	Created         int64 // by the import
	Updated         int64
	Fault           string
	StaffID         *int64 // who sent it
	Email           string
	Address         string
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// Working reports whether a job works on the import.
func (i Import) Working() bool { return i.Status == ImportChecking || i.Status == ImportRunning }

// Percent is how much of what the job does now is done.
func (i Import) Percent() int64 {
	if i.Size <= i.Begins {
		return 100
	}
	return 100 * (i.Position - i.Begins) / (i.Size - i.Begins)
}

// Ignored are the columns of the file that the shop does not read.
func (i Import) Ignored() []string {
	header, _ := readHeader(i.Header) // was right when it came
	return header.ignored
}

func (i Import) actor() Actor {
	actor := Actor{Email: i.Email, Address: i.Address}
	if i.StaffID != nil {
		actor.StaffID = *i.StaffID
	}
	return actor
}

// importChunkRow is a piece of a file.
type importChunkRow struct {
	ImportID int64 `gorm:"primaryKey"`
	Number   int64 `gorm:"primaryKey"`
	Data     []byte
}

// TableName is the table of pieces.
func (importChunkRow) TableName() string { return "import_chunks" }

// ImportArgs is the job that checks a file of products, and that imports it.
type ImportArgs struct {
	ImportID int64 `json:"import_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (ImportArgs) Kind() string { return "import" }

// InsertOpts lets mail and money go first.
func (ImportArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Priority: river.PriorityDefault + 1}
}

// ImportFile is a file of products as somebody sends it.
type ImportFile struct {
	Name         string
	KeepExisting bool // products that are there stay as they are
	Windows1252  bool // where it is not UTF-8, it is that
	Content      io.Reader
}

// ReceiveImport takes a file of products in and has it checked. It writes the
// file in pieces, each in a transaction of its own, so that a large one holds
// nobody up; what is left of a file that never ended is forgotten with old
// imports.
//
// It returns an InvalidError where the file is no CSV of products.
func (s *Store) ReceiveImport(ctx context.Context, file ImportFile, actor Actor) (Import, error) {
	text, err := newTextReader(file.Content, file.Windows1252)
	if err != nil {
		return Import{}, fmt.Errorf("receive a file of products: %w", err)
	}
	chunk := make([]byte, importChunk)
	n, err := io.ReadFull(text, chunk)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Import{}, fmt.Errorf("receive a file of products: %w", err)
	}
	head, err := readHead(string(bytes.TrimPrefix(chunk[:n], []byte("\ufeff"))))
	if err != nil {
		return Import{}, fmt.Errorf("receive a file of products: %w", err)
	}
	received := Import{
		Name: audited(file.Name), Status: ImportReceiving, KeepExisting: file.KeepExisting, Separator: string(head.separator), Header: head.names,
		Begins: head.length, BeginsLine: head.lines + 1, Email: actor.Email, Address: actor.Address, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if bytes.HasPrefix(chunk[:n], []byte("\ufeff")) { // of UTF-16
		received.Begins += int64(len("\ufeff"))
	}
	if actor.StaffID != 0 {
		received.StaffID = &actor.StaffID
	}
	if err := s.write.WithContext(ctx).Create(&received).Error; err != nil {
		return received, fmt.Errorf("receive a file of products: %w", err)
	}
	if err := s.receiveRest(ctx, &received, text, chunk, n); err != nil {
		gone := s.write.WithContext(context.WithoutCancel(ctx)).Delete(&Import{ID: received.ID}).Error
		return received, errors.Join(fmt.Errorf("receive a file of products: %w", err), gone)
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		received.Status, received.Encoding, received.Position, received.Line = ImportChecking, text.Encoding(), received.Begins, received.BeginsLine
		err := tx.Model(&Import{}).Where("id = ?", received.ID).UpdateColumns(map[string]any{
			"status": received.Status, "encoding": received.Encoding, "size": received.Size, "position": received.Position, "line": received.Line, "updated_at": s.now(),
		}).Error
		if err != nil {
			return err
		}
		return s.enqueue(tx, ImportArgs{ImportID: received.ID}, nil)
	})
	if err != nil {
		return received, fmt.Errorf("have import %d checked: %w", received.ID, err)
	}
	return received, nil
}

// receiveRest writes the pieces of a file, of which the first n bytes are read.
func (s *Store) receiveRest(ctx context.Context, received *Import, text io.Reader, chunk []byte, n int) error {
	for number := int64(0); n > 0; number++ {
		row := importChunkRow{ImportID: received.ID, Number: number, Data: chunk[:n]}
		if err := s.write.WithContext(ctx).Create(&row).Error; err != nil {
			return fmt.Errorf("keep a piece of it: %w", err)
		}
		received.Size += int64(n)
		if received.Size > 3*MaxImport { // UTF-16 grows by half at most
			return refuseFile("That file is larger than %d MB.", MaxImport>>20)
		}
		var err error
		if n, err = io.ReadFull(text, chunk); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
	}
	return nil
}

// importedFile reads what is kept of a file, from a byte on.
type importedFile struct {
	ctx    context.Context //nolint:containedctx // of the one call that reads
	db     *gorm.DB
	id     int64
	offset int64
	rest   []byte
}

// Read reads piece by piece, and holds the database for none of the time
// between.
func (f *importedFile) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		var found []importChunkRow
		err := f.db.WithContext(f.ctx).Where("import_id = ? AND number = ?", f.id, f.offset/importChunk).Find(&found).Error
		if err != nil {
			return 0, fmt.Errorf("read import %d: %w", f.id, err)
		}
		if len(found) == 0 || int64(len(found[0].Data)) <= f.offset%importChunk {
			return 0, io.EOF
		}
		f.rest = found[0].Data[f.offset%importChunk:]
	}
	n := copy(p, f.rest)
	f.rest, f.offset = f.rest[n:], f.offset+int64(n)
	return n, nil
}

// records reads an import's rows from a byte on.
func (s *Store) records(ctx context.Context, i Import, line, offset int64) *recordReader {
	separator, _ := utf8.DecodeRuneInString(i.Separator)
	return newRecordReader(&importedFile{ctx: ctx, db: s.read, id: i.ID, offset: offset}, separator, line, offset)
}

// ImportByID returns an import.
func (s *Store) ImportByID(ctx context.Context, id int64) (Import, error) {
	var i Import
	err := s.read.WithContext(ctx).Take(&i, id).Error
	return i, found(err, "find import %d", id)
}

// Imports lists imports, newest first, ids below before; 0 starts at the newest.
func (s *Store) Imports(ctx context.Context, before int64, limit int) ([]Import, error) {
	query := s.read.WithContext(ctx).Where("status <> ?", ImportReceiving).Order("id DESC").Limit(limit)
	if before > 0 {
		query = query.Where("id < ?", before)
	}
	var imports []Import
	if err := query.Find(&imports).Error; err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return imports, nil
}

// ErrImportBusy says that an import is not where it can be started, or
// cancelled.
var ErrImportBusy = errors.New("the import has moved on")

// StartImport imports what was checked. It returns ErrImportBusy where the check
// is not over, or the import was started already, and an InvalidError where rows
// are bad and nobody said that the others are to be imported without them.
func (s *Store) StartImport(ctx context.Context, id int64, withoutBad bool, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var i Import
		if err := tx.Take(&i, id).Error; err != nil {
			return found(err, "find import %d", id)
		}
		if i.BadRows > 0 && !withoutBad {
			return &InvalidError{Field: "without", Message: "Some rows cannot be imported. Say that the others are to be imported without them."}
		}
		result := tx.Model(&Import{}).Where("id = ? AND status = ?", id, ImportChecked).UpdateColumns(map[string]any{
			"status": ImportRunning, "position": i.Begins, "line": i.BeginsLine, "updated_at": s.now(),
		})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return ErrImportBusy
		}
		planned := fmt.Sprintf("%d new, %d changed, %d left out", i.NewProducts, i.ChangedProducts, i.BadProducts)
		if err := s.audit(tx, actor, AuditImported, "file "+i.Name, "", planned); err != nil {
			return err
		}
		return s.enqueue(tx, ImportArgs{ImportID: id}, nil)
	})
	if err != nil {
		return fmt.Errorf("start import %d: %w", id, err)
	}
	return nil
}

// CancelImport stops an import where it is. What it has written stays. It
// returns ErrImportBusy where it is over.
func (s *Store) CancelImport(ctx context.Context, id int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var i Import
		if err := tx.Take(&i, id).Error; err != nil {
			return found(err, "find import %d", id)
		}
		result := tx.Model(&Import{}).Where("id = ? AND status IN ?", id, []ImportStatus{ImportChecking, ImportChecked, ImportRunning}).
			UpdateColumns(map[string]any{"status": ImportCancelled, "updated_at": s.now()})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return ErrImportBusy
		}
		// What is in the shop by now keeps its pictures.
		if err := s.enqueue(tx, FetchPicturesArgs{ImportID: id}, nil); err != nil {
			return err
		}
		return s.audit(tx, actor, AuditImportCancelled, "file "+i.Name, string(i.Status), string(ImportCancelled))
	})
	if err != nil {
		return fmt.Errorf("cancel import %d: %w", id, err)
	}
	return nil
}

// ForgetImport removes one import that nobody has touched since, with its file
// and all that is known of its rows. It reports whether there was one.
func (s *Store) ForgetImport(ctx context.Context, before time.Time) (bool, error) {
	result := s.write.WithContext(ctx).Where("id = (SELECT MIN(id) FROM imports WHERE updated_at < ?)", before).Delete(&Import{})
	if result.Error != nil {
		return false, fmt.Errorf("forget an old import: %w", result.Error)
	}
	return result.RowsAffected > 0, nil
}
