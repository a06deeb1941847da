package demo

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCatalogueSize(t *testing.T) {
	if got := len(Collections()); got != 5 {
		t.Errorf("%d collections, want 5", got)
	}
	if got := len(Products()); got != 24 {
		t.Errorf("%d products, want 24", got)
	}
}

func TestSlugsAndSKUsAreUnique(t *testing.T) {
	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	take := func(s string) {
		if seen[s] {
			t.Errorf("%s is used twice", s)
		}
		seen[s] = true
	}
	for _, p := range Products() {
		take(p.Slug)
		if !slug.MatchString(p.Slug) {
			t.Errorf("%q is not a slug", p.Slug)
		}
		for _, v := range p.Variants {
			take(v.SKU)
		}
	}
	if !seen["field-notebook"] {
		t.Error("field-notebook is missing")
	}
}

func TestEveryCollectionIsFilled(t *testing.T) {
	filled := map[string]int{}
	for _, c := range Collections() {
		filled[c.Slug] = 0
	}
	for _, p := range Products() {
		if len(p.Collections) == 0 {
			t.Errorf("%s is in no collection", p.Slug)
		}
		for _, c := range p.Collections {
			if _, ok := filled[c]; !ok {
				t.Errorf("%s is in %q, which does not exist", p.Slug, c)
			}
			filled[c]++
		}
	}
	for c, n := range filled {
		if n < 4 {
			t.Errorf("collection %s has %d products only", c, n)
		}
	}
}

func TestTexts(t *testing.T) {
	for _, p := range Products() {
		if n := utf8.RuneCountInString(p.Summary); n == 0 || n > 110 {
			t.Errorf("%s: summary of %d characters", p.Slug, n)
		}
		if p.Name == "" || p.Description == "" {
			t.Errorf("%s has no name or description", p.Slug)
		}
	}
}

// Each combination of option values is a variant exactly once.
func TestVariantsAreComplete(t *testing.T) {
	for _, p := range Products() {
		if len(p.Options) > 2 {
			t.Errorf("%s has %d options", p.Slug, len(p.Options))
		}
		want := 1
		for _, o := range p.Options {
			want *= len(o.Values)
		}
		if len(p.Variants) != want {
			t.Errorf("%s has %d variants, want %d", p.Slug, len(p.Variants), want)
		}
		seen := map[string]bool{}
		for _, v := range p.Variants {
			combo := strings.Join(v.Options, "/")
			if seen[combo] {
				t.Errorf("%s: %s is there twice", p.Slug, combo)
			}
			seen[combo] = true
			if len(v.Options) != len(p.Options) {
				t.Fatalf("%s: %s has %d values for %d options", p.Slug, v.SKU, len(v.Options), len(p.Options))
			}
			for i, name := range v.Options {
				if !slices.ContainsFunc(p.Options[i].Values, func(o OptionValue) bool { return o.Name == name }) {
					t.Errorf("%s: %s is no %s", v.SKU, name, p.Options[i].Name)
				}
			}
		}
	}
}

func TestStockMatchesCombinations(t *testing.T) {
	for _, shelf := range [][]article{notebooks(), writing(), desk(), carry(), tuck()} {
		for _, a := range shelf {
			if got, want := len(a.stock), len(combinations(a.axes)); got != want {
				t.Errorf("%s: %d stock figures for %d variants", a.slug, got, want)
			}
		}
	}
}

func TestPricesAndStock(t *testing.T) {
	gone := 0
	for _, p := range Products() {
		total := 0
		for _, v := range p.Variants {
			if v.Price < 300 || v.Price > 12000 || v.Price%5 != 0 {
				t.Errorf("%s costs %d", v.SKU, v.Price)
			}
			if v.CompareAt != 0 && (v.CompareAt <= v.Price || v.CompareAt%5 != 0) {
				t.Errorf("%s was %d, is %d", v.SKU, v.CompareAt, v.Price)
			}
			if v.Stock < 0 || v.Stock > 80 || v.WeightGrams <= 0 {
				t.Errorf("%s: stock %d, weight %d g", v.SKU, v.Stock, v.WeightGrams)
			}
			total += v.Stock
		}
		if total == 0 {
			gone++
		}
	}
	if gone != 1 {
		t.Errorf("%d products are sold out, want 1", gone)
	}
}

func TestEveryPictureIsEmbedded(t *testing.T) {
	keys := map[string]bool{}
	wanted := map[string]bool{}
	for _, p := range Products() {
		own := map[string]bool{}
		for _, pic := range p.Pictures {
			if keys[pic.Key] {
				t.Errorf("picture %s is there twice", pic.Key)
			}
			keys[pic.Key], own[pic.Key] = true, true
			if pic.Alt == "" || pic.Width != 1280 || pic.Height != 1600 {
				t.Errorf("picture %+v is incomplete", pic)
			}
			wanted[pic.Key+"-640.jpg"] = true
			for _, w := range Widths() {
				wanted[fmt.Sprintf("%s-%d.avif", pic.Key, w)] = true
			}
		}
		for _, v := range p.Variants {
			if !own[v.Picture] {
				t.Errorf("%s shows %q, which is no picture of %s", v.SKU, v.Picture, p.Slug)
			}
		}
	}
	files, err := fs.ReadDir(Pictures(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !wanted[f.Name()] {
			t.Errorf("%s belongs to no picture", f.Name())
		}
		delete(wanted, f.Name())
	}
	for name := range wanted {
		t.Errorf("%s is missing", name)
	}
}
