package handlers

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// However much there is to choose from, a form shows no more of it than this.
const (
	foundPicks = 20 // that a search offers
	shownPicks = 50 // of those that are stored as chosen
)

// picks is what a form chooses of many. What is stored and not shown stays
// chosen.
type picks struct {
	chosen []int64
	hidden []int64 // of those chosen, what the form does not show
	shown  []int64 // what it shows of what is stored, with a tick or without
	search string
}

// storedPicks shows what is stored, as far as there is room.
func storedPicks(stored []int64) picks {
	room := min(len(stored), shownPicks)
	return picks{chosen: stored, shown: stored[:room], hidden: stored[room:]}
}

// readPicks reads what a form says on top of what is stored. A form that does
// not say what it showed showed everything.
func readPicks(form url.Values, name string, stored []int64) picks {
	p := picks{chosen: idsOf(form[name]), shown: stored, search: trimmed(form, name+"-q")}
	if form.Has(name + "-shown") {
		p.shown = idsOf(strings.Split(form.Get(name+"-shown"), ","))
	}
	for _, id := range stored {
		if !slices.Contains(p.shown, id) && !slices.Contains(p.chosen, id) {
			p.hidden = append(p.hidden, id)
		}
	}
	p.chosen = append(p.chosen, p.hidden...)
	return p
}

// findFirst takes Enter in a search within a form for its button “Find”: it
// presses the form's first, which saves, and nobody has seen yet what would be
// found. What was searched for already stands in the field of the same name
// with -was.
func findFirst(form url.Values) {
	if do := form.Get("do"); do != "" && do != "save" {
		return
	}
	for name := range form {
		if field, is := strings.CutSuffix(name, "-q"); is && trimmed(form, name) != "" && trimmed(form, name) != trimmed(form, field+"-was") {
			form.Set("do", "find")
			return
		}
	}
}

func idsOf(typed []string) []int64 {
	var ids []int64
	for _, text := range typed {
		if id, ok := whole(text); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// picker draws what is chosen, beside what was found.
func (p picks) picker(named, found []models.Named, name string) admin.Picker {
	drawn := admin.Picker{Name: name, Search: p.search}
	shown := slices.Clone(p.shown)
	add := func(n models.Named, ticked bool) {
		drawn.Choices = append(drawn.Choices, views.Choice{Value: strconv.FormatInt(n.ID, 10), Label: n.Name, Selected: ticked})
	}
	hidden := len(p.hidden)
	for _, n := range named {
		add(n, true)
	}
	for _, n := range found {
		if slices.ContainsFunc(named, func(other models.Named) bool { return other.ID == n.ID }) {
			continue
		}
		chosen := slices.Contains(p.chosen, n.ID)
		if chosen { // and not shown so far
			shown = append(shown, n.ID)
			hidden--
		}
		add(n, chosen)
	}
	drawn.More = int64(hidden)
	ids := make([]string, len(shown))
	for i, id := range shown {
		ids[i] = strconv.FormatInt(id, 10)
	}
	drawn.Shown = strings.Join(ids, ",")
	return drawn
}

// visible are those of the chosen that the form shows.
func (p picks) visible() []int64 {
	return slices.DeleteFunc(slices.Clone(p.chosen), func(id int64) bool { return slices.Contains(p.hidden, id) })
}

// productPicker lets staff choose products by name or SKU.
func (a adminPages) productPicker(ctx context.Context, p picks, name string) (admin.Picker, error) {
	products, err := a.store.ProductsNamed(ctx, p.visible())
	if err != nil {
		return admin.Picker{}, err
	}
	slices.SortFunc(products, func(x, y models.Product) int {
		return cmp.Or(cmp.Compare(x.SearchName, y.SearchName), cmp.Compare(x.ID, y.ID))
	})
	var found []models.Product
	if p.search != "" {
		found, _, err = a.store.Products(ctx, models.ProductFilter{Search: p.search, Drafts: true, PerPage: foundPicks})
	}
	return p.picker(productLabels(products), productLabels(found), name), err
}

// productLabels are products as a form names them: with their status, where
// they are not for sale.
func productLabels(products []models.Product) []models.Named {
	labels := make([]models.Named, len(products))
	for i, product := range products {
		labels[i] = models.Named{ID: product.ID, Name: product.Name}
		if product.Status != models.ProductActive {
			labels[i].Name += " (" + admin.ProductStatusText(product.Status) + ")"
		}
	}
	return labels
}

// collectionPicker lets staff choose collections by name. A few are shown
// without a search.
func (a adminPages) collectionPicker(ctx context.Context, p picks, name string) (admin.Picker, error) {
	named, err := a.namedCollections(ctx, p.visible())
	if err != nil {
		return admin.Picker{}, err
	}
	found, all, err := a.findCollections(ctx, models.CollectionFilter{Search: p.search})
	drawn := p.picker(named, found, name)
	drawn.All = all
	return drawn, err
}

// namedCollections are collections by their ids.
func (a adminPages) namedCollections(ctx context.Context, ids []int64) ([]models.Named, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return a.store.CollectionNames(ctx, models.CollectionFilter{IDs: ids})
}

// findCollections are the collections to choose from: without a search all of
// them, where they are few.
func (a adminPages) findCollections(ctx context.Context, f models.CollectionFilter) (found []models.Named, all bool, err error) {
	f.Limit = foundPicks + 1
	found, err = a.store.CollectionNames(ctx, f)
	switch {
	case f.Search != "":
		return found[:min(len(found), foundPicks)], false, err
	case len(found) > foundPicks:
		return nil, false, err
	}
	return found, true, err
}

// namesOf says in a line what is chosen.
func namesOf(chosen []int64, named func(ids []int64) ([]models.Named, error)) (string, error) {
	first := slices.Sorted(slices.Values(chosen))
	first = first[:min(len(first), shownPicks)]
	rows, err := named(first)
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	text := strings.Join(names, ", ")
	if more := len(chosen) - len(first); more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text, err
}
