package admin

import (
	"strconv"

	"tuckshop/models"
	"tuckshop/views"
)

// DeliveryPage shows where the shop delivers to, how and for how much.
type DeliveryPage struct {
	Frame     Frame
	Currency  string
	Zones     []models.DeliveryZone
	Pickups   []models.DeliveryMethod
	Countries []views.Choice // for the shop's own
	Version   string         // of the shop's own
	Errors    []views.FieldError
}

// ZonePage is the form of a zone, its values as they were typed. Zone is as it
// is stored; its ID is 0 for a new one.
type ZonePage struct {
	Frame           Frame
	Zone            models.DeliveryZone
	Version         string
	Name, Countries string
	Everywhere      bool
	Errors          []views.FieldError
}

// MethodPage is the form of a way of delivery, or of a pickup, its values as
// they were typed. Method is as it is stored; its ID is 0 for a new one.
type MethodPage struct {
	Frame    Frame
	Zone     models.DeliveryZone // its ID is 0 for a pickup
	Method   models.DeliveryMethod
	Version  string
	Currency string

	Kind                             models.DeliveryKind
	Name, Address                    string
	Price, FreeFrom, MinDays, MaxDay string
	Bands                            []BandForm
	Errors                           []views.FieldError
}

// BandForm is a row of a method's prices.
type BandForm struct{ Starts, Ends, Price string }

// Action is the address to which the form is sent.
func (p MethodPage) Action() string {
	switch {
	case p.Method.ID != 0:
		return "/admin/delivery/methods/" + number(p.Method.ID)
	case p.Zone.ID != 0:
		return "/admin/delivery/zones/" + number(p.Zone.ID) + "/methods/new"
	}
	return "/admin/delivery/pickups/new"
}

func (p ZonePage) action() string {
	if p.Zone.ID == 0 {
		return "/admin/delivery/zones/new"
	}
	return "/admin/delivery/zones/" + number(p.Zone.ID)
}

// deliveryKinds are the kinds of a method in plain words.
var deliveryKinds = map[models.DeliveryKind]string{
	models.DeliveryFlat: "One price", models.DeliveryByWeight: "By the weight of the cart, in grams", models.DeliveryBySubtotal: "By what the articles come to",
}

// DeliveryKindText says how a method works out its price.
func DeliveryKindText(kind models.DeliveryKind) string { return deliveryKinds[kind] }

// whereText says what a zone covers.
func whereText(z models.DeliveryZone) string {
	text := ""
	for i, country := range z.Countries {
		if i > 0 {
			text += ", "
		}
		text += models.CountryName(country)
	}
	switch {
	case z.Everywhere && text == "":
		return "The rest of the world"
	case z.Everywhere:
		return text + " and the rest of the world"
	}
	return text
}

// costText says what a method costs.
func costText(m models.DeliveryMethod, currency string) string {
	money := func(amount int64) string {
		if amount == 0 {
			return "free"
		}
		return models.Money{Amount: amount, Currency: currency}.String()
	}
	text := money(m.Price)
	if len(m.Bands) > 0 {
		least, most := m.Bands[0].Price, m.Bands[0].Price
		for _, band := range m.Bands {
			least, most = min(least, band.Price), max(most, band.Price)
		}
		text = money(least) + " to " + money(most)
	}
	if m.FreeFrom > 0 {
		text += ", free from " + money(m.FreeFrom)
	}
	if days := models.DeliveryDays(m.MinDays, m.MaxDays); days != "" {
		text += ", " + days
	}
	return text
}

// TaxPage is how the shop stands to tax, as it was typed.
type TaxPage struct {
	Frame    Frame
	Version  string
	Mode     models.TaxMode
	Included bool
	Delivery bool
	Classes  []TaxClassForm // the standard class first, with room for more
	Rates    []TaxRateForm  // with room for more
	Errors   []views.FieldError
}

// TaxClassForm is a class in the form; its ID is empty for a new one.
type TaxClassForm struct{ ID, Name string }

// TaxRateForm is a rate in the form.
type TaxRateForm struct {
	Country, Name, Percent string
	Classes                []views.Choice
}

// MayEdit reports whether who looks may save.
func (p TaxPage) MayEdit() bool { return p.Frame.May("POST", "/admin/tax") }

// taxModes are the modes of tax in plain words.
var taxModes = map[models.TaxMode]string{
	models.TaxNone: "No tax", models.TaxOwn: "By the rates below", models.TaxStripe: "Stripe Tax works it out, from the address on the payment page",
}

// TaxModeText says who works the tax out.
func TaxModeText(mode models.TaxMode) string { return taxModes[mode] }

func rowLabel(what string, i int) string { return what + " " + strconv.Itoa(i+1) }
