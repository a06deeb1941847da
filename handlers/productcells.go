package handlers

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"tuckshop/models"
	"tuckshop/views"
)

// atOnce are the cells of the grid that can be filled in many rows at once.
var atOnce = [...]string{"price", "compare", "stock", "weight"}

// ofChoices offers the rows to fill in at once: all, and those with one value of
// an option.
func ofChoices(options []models.Option, chosen string) []views.Choice {
	choices := []views.Choice{{Label: "All variants"}}
	for i, option := range options {
		for _, value := range option.Values {
			of := ofValue(i, value.Name)
			choices = append(choices, views.Choice{Value: of, Label: option.Name + ": " + value.Name, Selected: of == chosen})
		}
	}
	return choices
}

// ofValue names the rows that have a value of the i-th option.
func ofValue(i int, value string) string { return fmt.Sprintf("%d:%s", i+1, value) }

// fillCells writes what is to be filled in at once into the rows it is meant
// for.
func fillCells(form url.Values) {
	option, value, some := strings.Cut(strings.TrimSpace(form.Get("all-of")), ":")
	if n, err := strconv.Atoi(option); some && (err != nil || n < 1 || n > models.MaxOptions) {
		return
	}
	for _, row := range typedRows(form) {
		if some && row.get("option"+option) != value {
			continue
		}
		for _, name := range atOnce {
			if typed := strings.TrimSpace(form.Get("all-" + name)); typed != "" {
				form.Set(models.VariantField(row.i, name), typed)
			}
		}
	}
}
