package pictures

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Open opens a store that keeps pictures below a folder, which it makes where it
// is missing.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of pictures: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the folder of pictures: %w", err)
	}
	if err := root.Mkdir(originals, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, errors.Join(fmt.Errorf("make the folder of originals: %w", err), root.Close())
	}
	return keepIn(folder{root}), nil
}

// folder is a place on a disk.
type folder struct{ root *os.Root }

func (f folder) put(_ context.Context, name string, content []byte) error {
	unfinished := name + ".part"
	file, err := f.root.Create(unfinished)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = f.root.Rename(unfinished, name)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(unfinished))
	}
	return nil
}

func (f folder) open(_ context.Context, name string) (fs.File, error) { return f.root.Open(name) }

func (f folder) remove(_ context.Context, name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) close() error { return f.root.Close() }
