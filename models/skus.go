package models

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// skuOf is the SKU of an article that has none: its address and its options. It
// is the same each time.
func skuOf(slug string, options [MaxOptions]string) string {
	sku := slug
	for _, value := range options {
		if part := Slug(value); part != "" {
			sku += "-" + part
		}
	}
	return numbered(strings.ToUpper(strings.Trim(sku, "-")), 1)
}

// numbered is the n-th SKU that begins alike, no longer than one may be.
func numbered(sku string, n int) string {
	end := ""
	if n > 1 {
		end = "-" + strconv.Itoa(n)
	}
	return strings.TrimRight(sku[:min(len(sku), maxSKU-len(end))], "-") + end
}

// ProposeSKUs gives every variant of the draft that is kept and has no SKU one
// that no other article of the shop has, made as for articles that are imported
// without one. Nothing is stored: until it is, somebody else may take it.
func (s *Store) ProposeSKUs(ctx context.Context, draft *ProductEdit) error {
	taken := map[string]bool{}
	var open []int
	for i, v := range draft.Variants {
		if v.SKU == "" && !v.Remove {
			open = append(open, i)
		}
		taken[v.SKU] = true
	}
	slug := cmp.Or(draft.Slug, Slug(draft.Name))
	for n := 1; len(open) > 0; n++ {
		var wanted []string
		for _, i := range open {
			wanted = append(wanted, numbered(cmp.Or(skuOf(slug, draft.Variants[i].Options), "ARTICLE"), n))
		}
		var there []Variant
		if err := s.read.WithContext(ctx).Select("id", "sku").Where("sku IN ?", wanted).Find(&there).Error; err != nil {
			return fmt.Errorf("look for free SKUs: %w", err)
		}
		of := map[string]int64{}
		for _, v := range there {
			of[v.SKU] = v.ID
		}
		var still []int
		for at, i := range open {
			owner, known := of[wanted[at]]
			if taken[wanted[at]] || known && owner != draft.Variants[i].ID {
				still = append(still, i)
				continue
			}
			draft.Variants[i].SKU, taken[wanted[at]] = wanted[at], true
		}
		open = still
	}
	return nil
}
