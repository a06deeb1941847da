package handlers

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// changedMeanwhile is said of what a colleague saved after somebody had opened
// the page that deletes it.
var changedMeanwhile = &views.Notice{Kind: views.NoticeError, Text: "A colleague has saved it since you opened this page, so it is still there. Look at it once more before you delete it."}

// sentVersion is the version that the form of a deletion was made of; whoever
// says none means what is stored now.
func sentVersion(c echo.Context, now int64) (int64, error) {
	form, err := postForm(c)
	if err != nil || !form.Has("version") {
		return now, err
	}
	version, _ := whole(form.Get("version"))
	return version, nil
}

func isConflict(err error) bool { return errors.Is(err, models.ErrConflict) }

// saying is one thing a draft says, in words.
type saying struct{ what, text string }

// rivals are two people's texts for one thing.
type rivals struct {
	section      string // of the admin's menu
	what, path   string
	version      int64 // that is stored now
	mine, theirs []saying
	form         url.Values
}

// savePath ends the address to which a form is sent that has another one's.
const savePath = "/save"

// textConflict shows what both say differently. Everything that was sent is sent
// again by the page's buttons, on top of the version that is stored now.
func (a adminPages) textConflict(c echo.Context, r rivals) error {
	page := admin.TextConflictPage{What: r.what, Path: r.path, Opens: strings.TrimSuffix(r.path, savePath), Version: r.version, Rows: differences(r.mine, r.theirs), Form: sentAgain(r.form)}
	var err error
	if page.Frame, err = a.frame(c, "Somebody else saved first", r.section); err != nil {
		return err
	}
	return render(c, http.StatusConflict, admin.TextConflict(page))
}

// differences are what two drafts say differently, and what one says alone.
func differences(yours, theirs []saying) []admin.ConflictRow {
	var rows []admin.ConflictRow
	theirs = slices.Clone(theirs)
	for _, mine := range yours {
		other := ""
		if at := slices.IndexFunc(theirs, func(s saying) bool { return s.what == mine.what }); at >= 0 {
			other = theirs[at].text
			theirs = slices.Delete(theirs, at, at+1)
		}
		if other != mine.text {
			rows = append(rows, admin.ConflictRow{What: mine.what, Yours: mine.text, Theirs: other})
		}
	}
	for _, alone := range theirs {
		if alone.text != "" {
			rows = append(rows, admin.ConflictRow{What: alone.what, Theirs: alone.text})
		}
	}
	return rows
}

// sentAgain is a form as hidden fields, but for its version and its button.
func sentAgain(form url.Values) [][2]string {
	var fields [][2]string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			if name != "version" && name != "do" {
				fields = append(fields, [2]string{name, value})
			}
		}
	}
	return fields
}

// yesNo says whether something is ticked.
func yesNo(ticked bool) string {
	if ticked {
		return "yes"
	}
	return "no"
}

// chosenIn is the label of what is selected.
func chosenIn(choices []views.Choice) string {
	for _, choice := range choices {
		if choice.Selected {
			return choice.Label
		}
	}
	return ""
}

func collectionSays(p admin.CollectionPage) []saying {
	holds := "what is put into it"
	if p.ByRule {
		holds = map[bool]string{false: "whatever meets all conditions", true: "whatever meets one condition"}[p.Any]
	}
	says := []saying{{"Name", p.Name}, {"Address", p.Slug}, {"Description", p.Description}, {"Position", p.Position}, {"What it holds", holds}}
	for i, condition := range p.Conditions {
		if chosen := chosenIn(condition.Kinds); p.ByRule && chosen != "None" {
			says = append(says, saying{"Condition " + strconv.Itoa(i+1), strings.TrimSpace(chosen + " " + condition.Value)})
		}
	}
	says = append(says, saying{"Order of its products", chosenIn(p.Sorts)})
	for _, member := range p.Members {
		says = append(says, saying{"Place of " + member.Name, member.Place})
	}
	return says
}

func (a adminPages) discountSays(c echo.Context, p admin.DiscountPage, d models.Discount) ([]saying, error) {
	ctx := c.Request().Context()
	products, err := namesOf(d.ProductIDs, func(ids []int64) ([]models.Named, error) {
		named, err := a.store.ProductsNamed(ctx, ids)
		return productLabels(named), err
	})
	if err != nil {
		return nil, err
	}
	collections, err := namesOf(d.CollectionIDs, func(ids []int64) ([]models.Named, error) { return a.namedCollections(ctx, ids) })
	if err != nil {
		return nil, err
	}
	moment := func(typed string) string { return strings.Replace(typed, "T", " ", 1) }
	says := []saying{{"Name", p.Name}, {"Code", p.Code}, {"What it gives", admin.DiscountKindText(p.Kind)}}
	switch p.Kind {
	case models.DiscountPercent:
		says = append(says, saying{"Percent off", p.Percent})
	case models.DiscountAmount:
		says = append(says, saying{"Amount off", p.Amount})
	case models.DiscountBundle:
		says = append(says, saying{"Pieces to buy", p.Buy}, saying{"Cheaper pieces", p.Get}, saying{"Percent off those", p.BundlePercent})
	}
	return append(says,
		saying{"Collections", collections}, saying{"Products", products}, saying{"Orders from", p.Minimum},
		saying{"Starts", moment(p.Starts)}, saying{"Ends", moment(p.Ends)}, saying{"Uses in all", p.Uses}, saying{"Uses per customer", p.Customer}), nil
}

func zoneSays(p admin.ZonePage) []saying {
	return []saying{{"Name", p.Name}, {"Countries", p.Countries}, {"The rest of the world, too", yesNo(p.Everywhere)}}
}

func methodSays(p admin.MethodPage) []saying {
	says := []saying{{"Name", p.Name}, {"Address", p.Address}, {"What it costs", admin.DeliveryKindText(p.Kind)}}
	if p.Kind == models.DeliveryFlat || p.Kind == models.DeliveryPickup {
		says = append(says, saying{"Price", p.Price})
	} else {
		for i, band := range p.Bands {
			if band != (admin.BandForm{}) {
				says = append(says, saying{"Row " + strconv.Itoa(i+1), "from " + band.Starts + " to below " + band.Ends + ": " + band.Price})
			}
		}
	}
	return append(says, saying{"Free from", p.FreeFrom}, saying{"Business days at least", p.MinDays}, saying{"Business days at most", p.MaxDay})
}

func taxSays(p admin.TaxPage) []saying {
	says := []saying{{"Who works it out", admin.TaxModeText(p.Mode)}, {"Prices include it", yesNo(p.Included)}, {"Delivery is taxed", yesNo(p.Delivery)}}
	for i, class := range p.Classes {
		what := "Class " + strconv.Itoa(i+1)
		switch {
		case class.Name == "" && class.ID == "":
			continue
		case class.ID == "" || class.ID == "0":
			what = "New class " + class.Name
		}
		says = append(says, saying{what, class.Name})
	}
	for _, rate := range p.Rates {
		if rate.Country != "" || rate.Name != "" || rate.Percent != "" {
			says = append(says, saying{"Rate of " + rate.Country + ", " + chosenIn(rate.Classes), strings.TrimSpace(rate.Name + " " + rate.Percent + "%")})
		}
	}
	return says
}

func lookSays(p admin.LookPage) []saying {
	return []saying{{"Your colour", p.Accent}, {"Paper", chosenIn(p.Papers)}, {"Fonts", chosenIn(p.Fonts)}}
}

func picturesSay(pictures []admin.PictureForm) []saying {
	var says []saying
	for _, shown := range pictures {
		what := shown.Picture.Alt
		says = append(says, saying{"What it shows: " + what, shown.Alt}, saying{"Position of " + what, shown.Position}, saying{"Removed: " + what, yesNo(shown.Remove)})
		for i, at := range models.Foci {
			if at == shown.Focus {
				says = append(says, saying{"What stays in view: " + what, admin.FocusTexts[i]})
			}
		}
	}
	return says
}
