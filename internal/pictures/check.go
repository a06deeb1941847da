package pictures

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tuckshop/models"
)

// Check keeps a small file, reads it, and removes it again. The error is a
// sentence for the person who runs the shop.
func (s *Store) Check(ctx context.Context) error {
	name, content := originals+"/check-"+models.NewToken()+".txt", []byte("The shop looked whether it can keep pictures here.\n")
	if err := s.place.put(ctx, name, content); err != nil {
		return fmt.Errorf("it does not take a file: %w", err)
	}
	read, err := s.readAll(ctx, name)
	if removed := s.place.remove(context.WithoutCancel(ctx), name); removed != nil {
		return fmt.Errorf("it does not remove a file: %w", removed)
	}
	if err != nil {
		return fmt.Errorf("it does not give a file back: %w", err)
	}
	if !bytes.Equal(read, content) {
		return errors.New("it gives back something else than it took")
	}
	if _, err := s.readAll(ctx, name); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("it does not say that a file is missing (the key must be allowed to list the bucket): %w", err)
	}
	return nil
}

func (s *Store) readAll(ctx context.Context, name string) ([]byte, error) {
	file, err := s.place.open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	return io.ReadAll(file)
}
