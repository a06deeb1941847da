package handlers

import (
	"fmt"
	"strings"
	"testing"
)

func TestPaginateLinksFirstLastAndNeighbours(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		page  int
		total int64
		want  string
	}{
		{1, 0, ""},
		{1, 24, "[1]"},
		{1, 25, "[1] 2"},
		{2, 25, "1 [2]"},
		{3, 24 * 5, "1 2 [3] 4 5"},
		{5, 24 * 9, "1 … 4 [5] 6 … 9"},
		{10_000, 24 * 10_000, "1 … 9999 [10000]"},
		// Beyond the end, as a stale or made-up address has it.
		{4, 30, "1 2"},
		{1 << 30, 1, "1"},
	} {
		p := paginate("/products", nil, test.page, test.total)
		var parts []string
		for _, link := range p.Links {
			switch {
			case link.Gap:
				parts = append(parts, "…")
			case link.Current:
				parts = append(parts, fmt.Sprintf("[%d]", link.Number))
			default:
				parts = append(parts, fmt.Sprint(link.Number))
			}
		}
		if got := strings.Join(parts, " "); got != test.want {
			t.Errorf("page %d of %d products: %q, want %q", test.page, test.total, got, test.want)
		}
	}
}
