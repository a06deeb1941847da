// Package previews draws the pictures that stand for the shop's pages where
// somebody shares a link to them, and keeps them.
package previews

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"strconv"

	"tuckshop/views"
)

// slots bounds how many previews are kept, one file in each. In a large shop
// products share a slot, which holds the preview that was drawn last.
const slots = 8192

// Maker draws previews and keeps them below one folder. They are a cache: the
// folder may be emptied at any time.
type Maker struct {
	root     *os.Root
	pictures fs.FS
	faces    faces
	turn     chan struct{} // one preview is drawn at a time
}

// Open opens the folder, which it makes where it is missing. The products'
// pictures are files named as views.PictureURL names them.
func Open(folder string, pictures fs.FS) (*Maker, error) {
	faces, err := loadFaces()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of previews: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder of previews: %w", err)
	}
	return &Maker{root: root, pictures: pictures, faces: faces, turn: make(chan struct{}, 1)}, nil
}

// Close closes the folder.
func (m *Maker) Close() error { return m.root.Close() }

// JPEG returns a preview, which it draws where it is not kept. While another is
// drawn it waits, until ctx ends.
func (m *Maker) JPEG(ctx context.Context, preview views.Preview) ([]byte, error) {
	slot, file := slotOf(preview), preview.Mark()+".jpg"
	picture, err := m.root.ReadFile(slot + "/" + file)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return picture, err
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the previews before: %w", ctx.Err())
	}
	if picture, err := m.root.ReadFile(slot + "/" + file); err == nil {
		return picture, nil // drawn meanwhile
	}
	picture, err = m.draw(preview)
	if err != nil {
		return nil, fmt.Errorf("draw the preview of %q: %w", preview.Name, err)
	}
	if err := m.keep(slot, file, picture); err != nil {
		return nil, fmt.Errorf("keep the preview of %q: %w", preview.Name, err)
	}
	return picture, nil
}

// slotOf is the folder of a preview. A new price or text leaves it in its slot,
// where the new preview takes the place of the old; a new name or picture moves
// it, and the old file stays until something else comes to its slot.
func slotOf(preview views.Preview) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(preview.Name + "\x00" + preview.PictureKey)) // never fails
	return strconv.FormatUint(uint64(sum.Sum32()%slots), 16)
}

// keep puts a file into a slot, as a whole or not at all, and takes what else
// is there away.
func (m *Maker) keep(slot, file string, content []byte) error {
	if err := m.root.Mkdir(slot, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	others, err := fs.ReadDir(m.root.FS(), slot)
	if err != nil {
		return err
	}
	unfinished := slot + "/" + rand.Text() + ".part"
	if err := m.root.WriteFile(unfinished, content, 0o600); err != nil {
		return errors.Join(err, m.root.Remove(unfinished))
	}
	if err := m.root.Rename(unfinished, slot+"/"+file); err != nil {
		return err
	}
	for _, other := range others {
		if err := m.root.Remove(slot + "/" + other.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
