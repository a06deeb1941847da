package handlers

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// deletable is what a colleague may delete while somebody edits it.
type deletable struct {
	what, section, list string // list is the address of what there still is
	anew                func(c echo.Context, form url.Values) (string, error)
}

// at is the address that makes a thing anew, whatever was typed.
func at(path string) func(echo.Context, url.Values) (string, error) {
	return func(echo.Context, url.Values) (string, error) { return path, nil }
}

// nowhere is of what cannot be made from its form alone.
var nowhere = at("")

// anewMethod is the address that makes a way of delivery anew: in its zone, if
// that is still there.
func (a adminPages) anewMethod(c echo.Context, form url.Values) (string, error) {
	if !form.Has("zone") {
		return deliveryPath + "/pickups/new", nil
	}
	id, _ := whole(form.Get("zone"))
	zone, err := a.store.DeliveryZoneByID(c.Request().Context(), id)
	if errors.Is(err, models.ErrNotFound) {
		return "", nil
	}
	return admin.MethodPage{Zone: zone}.Action(), err
}

// orGone saves a form; where what it edits was deleted meanwhile, it shows what
// was typed. A form of something that exists says its version.
func (a adminPages) orGone(d deletable, save echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := save(c)
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
		form, _, done, readErr := sectionFields(c)
		if readErr != nil {
			return readErr
		}
		defer done()
		if !form.Has("version") {
			return err
		}
		page := admin.GonePage{What: d.what, List: d.list, Typed: typedTexts(form), Form: sentAgain(form)}
		if page.Anew, err = d.anew(c, form); err != nil {
			return err
		}
		if page.Frame, err = a.frame(c, "A colleague deleted this "+d.what, d.section); err != nil {
			return err
		}
		return render(c, http.StatusConflict, admin.Gone(page))
	}
}

// typedNames are the labels of the fields that people type into, and the ends
// of the names of those that there are many of.
var typedNames = map[string]string{
	"name": "Name", "title": "Title", "slug": "Address", "description": "Description", "body": "Text", "position": "Position",
	"countries": "Countries", "address": "Address", "price": "Price", "free-from": "Free from", "min-days": "Business days at least",
	"max-days": "Business days at most", "heading": "Heading", "text": "Text", "button": "Button", "url": "Leads to", "alt": "What the picture shows",
	"starts": "From", "ends": "To below", "value": "Value",
}

// typedTexts are what was typed into a form, in words.
func typedTexts(form url.Values) []admin.ConflictRow {
	var rows []admin.ConflictRow
	for _, name := range slices.Sorted(maps.Keys(form)) {
		label, known := typedNames[name]
		if i := strings.LastIndex(name, "-"); !known && i > 0 && strings.Count(name, "-") == 2 {
			label, known = typedNames[name[i+1:]]
		}
		if text := trimmed(form, name); known && text != "" {
			rows = append(rows, admin.ConflictRow{What: label, Yours: text})
		}
	}
	return rows
}
