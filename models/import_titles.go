package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// titlesSought is in how many rows ImportTitles looks.
const titlesSought = 500

// ImportTitles returns up to limit titles of a file that waits for a decision,
// quoted as they were read: of those near its beginning first those with letters that
// a wrong encoding would garble.
func (s *Store) ImportTitles(ctx context.Context, i Import, limit int) ([]string, error) {
	if i.Status != ImportChecked {
		return nil, nil
	}
	header, err := readHeader(i.Header)
	if err != nil {
		return nil, err
	}
	var telling, plain []string
	file := s.records(ctx, i, i.BeginsLine, i.Begins)
	for range titlesSought {
		read, err := file.next()
		if errors.Is(err, io.EOF) || len(telling) == limit {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the titles of import %d: %w", i.ID, err)
		}
		title := strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, importRow{read, header}.text(colTitle))
		switch {
		case title == "":
		case len(title) > utf8.RuneCountInString(title): // beyond ASCII
			telling = append(telling, shorten(title))
		default:
			plain = append(plain, shorten(title))
		}
	}
	titles := slices.Concat(telling, plain)
	return titles[:min(len(titles), limit)], nil
}
