package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// deliveryRoutes are the admin's pages of delivery and tax.
func deliveryRoutes(a adminPages, route func(least models.Role, method, path string, h echo.HandlerFunc)) {
	const get, post = http.MethodGet, http.MethodPost
	route(models.RoleViewer, get, "/delivery", a.delivery)
	route(models.RoleManager, post, "/delivery", a.saveHome)
	route(models.RoleManager, get, "/delivery/zones/new", a.zone)
	route(models.RoleManager, post, "/delivery/zones/new", a.saveZone)
	route(models.RoleManager, get, "/delivery/zones/:id", a.zone)
	route(models.RoleManager, post, "/delivery/zones/:id", a.orGone(deletable{"zone", deliveryPath, deliveryPath, at(deliveryPath + "/zones/new")}, a.saveZone))
	route(models.RoleManager, post, "/delivery/zones/:id/delete", a.deleteZone)
	route(models.RoleManager, get, "/delivery/zones/:id/methods/new", a.newMethod)
	route(models.RoleManager, post, "/delivery/zones/:id/methods/new", a.orGone(deletable{"zone", deliveryPath, deliveryPath, nowhere}, a.createMethod))
	route(models.RoleManager, get, "/delivery/pickups/new", a.newPickup)
	route(models.RoleManager, post, "/delivery/pickups/new", a.createPickup)
	route(models.RoleManager, get, "/delivery/methods/:id", a.method)
	route(models.RoleManager, post, "/delivery/methods/:id", a.orGone(deletable{"way of delivery", deliveryPath, deliveryPath, a.anewMethod}, a.saveMethod))
	route(models.RoleManager, post, "/delivery/methods/:id/delete", a.deleteMethod)
	route(models.RoleViewer, get, "/tax", a.tax)
	route(models.RoleManager, post, "/tax", a.saveTax)
}

// deliveryNotices are what the page says after something was done.
var deliveryNotices = map[string]string{
	"saved":   "Saved. Carts show it now.",
	"deleted": "Deleted. Orders stay as they are.",
}

func (a adminPages) deliveryPage(c echo.Context, home string) (admin.DeliveryPage, error) {
	ctx := c.Request().Context()
	frame, err := a.frame(c, "Delivery", "/admin/delivery")
	if err != nil {
		return admin.DeliveryPage{}, err
	}
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return admin.DeliveryPage{}, err
	}
	page := admin.DeliveryPage{Frame: frame, Currency: shop.Currency, Version: strconv.FormatInt(shop.HomeVersion, 10)}
	if home == "" {
		home = shop.HomeCountry
	}
	for _, country := range models.Countries() {
		page.Countries = append(page.Countries, views.Choice{Value: country.Code, Label: country.Name, Selected: country.Code == home})
	}
	page.Zones, page.Pickups, err = a.store.DeliveryZones(ctx)
	return page, err
}

func (a adminPages) delivery(c echo.Context) error {
	page, err := a.deliveryPage(c, "")
	if err != nil {
		return err
	}
	if text, ok := deliveryNotices[c.QueryParam("notice")]; ok {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	return a.show(c, admin.Delivery(page))
}

func (a adminPages) saveHome(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	home := form.Get("home")
	version, _ := whole(form.Get("version"))
	if form.Get("do") != "edit" {
		err = a.store.SetHomeCountry(c.Request().Context(), home, version, actor(c, staffOf(c)))
	}
	if isConflict(err) {
		return a.homeConflict(c, form)
	}
	faults, bad := faultsIn(err)
	if !bad && form.Get("do") != "edit" {
		return deliveryDone(c, err, "saved")
	}
	page, err := a.deliveryPage(c, home)
	if err != nil {
		return err
	}
	page.Version, page.Errors = form.Get("version"), faults
	if !bad {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Delivery(page))
	}
	return render(c, http.StatusUnprocessableEntity, admin.Delivery(page))
}

// homeConflict shows the country that was chosen beside the one that somebody
// else saved.
func (a adminPages) homeConflict(c echo.Context, form url.Values) error {
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return err
	}
	says := func(code string) []saying { return []saying{{"Country", models.CountryName(code)}} }
	return a.textConflict(c, rivals{deliveryPath, "the shop’s country", deliveryPath, shop.HomeVersion, says(form.Get("home")), says(shop.HomeCountry), form})
}

const deliveryPath = "/admin/delivery"

func deliveryDone(c echo.Context, err error, notice string) error {
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/delivery?notice="+notice)
}

// idOf is the row that the address names; 0 where it names none.
func idOf(c echo.Context) (int64, error) {
	if c.Param("id") == "" {
		return 0, nil
	}
	id, ok := whole(c.Param("id"))
	if !ok || id <= 0 {
		return 0, models.ErrNotFound
	}
	return id, nil
}

// zonePage makes the form of the zone that the address names as it is stored.
func (a adminPages) zonePage(c echo.Context) (admin.ZonePage, error) {
	var page admin.ZonePage
	id, err := idOf(c)
	if err != nil {
		return page, err
	}
	title := "New zone"
	if id != 0 {
		if page.Zone, err = a.store.DeliveryZoneByID(c.Request().Context(), id); err != nil {
			return page, err
		}
		title = page.Zone.Name
	}
	page.Version, page.Name, page.Everywhere = strconv.FormatInt(page.Zone.Version, 10), page.Zone.Name, page.Zone.Everywhere
	names := make([]string, len(page.Zone.Countries))
	for i, country := range page.Zone.Countries {
		names[i] = models.CountryName(country)
		if strings.Contains(names[i], ",") {
			names[i] = country
		}
	}
	page.Countries = strings.Join(names, ", ")
	page.Frame, err = a.frame(c, title, "/admin/delivery")
	return page, err
}

func (a adminPages) zone(c echo.Context) error {
	page, err := a.zonePage(c)
	if err != nil {
		return err
	}
	return a.show(c, admin.Zone(page))
}

func (a adminPages) saveZone(c echo.Context) error {
	page, err := a.zonePage(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page.Version, page.Name, page.Countries, page.Everywhere = form.Get("version"), strings.TrimSpace(form.Get("name")), strings.TrimSpace(form.Get("countries")), form.Get("everywhere") != ""
	if form.Get("do") == "edit" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Zone(page))
	}
	zone := models.DeliveryZone{ID: page.Zone.ID, Name: page.Name, Everywhere: page.Everywhere}
	zone.Version, _ = whole(page.Version)
	for typed := range strings.FieldsFuncSeq(page.Countries, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		if typed = strings.TrimSpace(typed); typed != "" {
			code := models.CountryOf(typed)
			if code == "" {
				code = typed // which the store refuses by its name
			}
			zone.Countries = append(zone.Countries, code)
		}
	}
	_, err = a.store.SaveDeliveryZone(c.Request().Context(), zone, actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Zone(page))
	}
	if isConflict(err) {
		theirs, err := a.zonePage(c)
		if err != nil {
			return err
		}
		stored := theirs.Zone
		path := deliveryPath + "/zones/" + strconv.FormatInt(stored.ID, 10)
		return a.textConflict(c, rivals{deliveryPath, "the zone “" + stored.Name + "”", path, stored.Version, zoneSays(page), zoneSays(theirs), form})
	}
	return deliveryDone(c, err, "saved")
}

func (a adminPages) deleteZone(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	return deliveryDone(c, a.store.DeleteDeliveryZone(c.Request().Context(), id, actor(c, staffOf(c))), "deleted")
}

// moreBands are the empty rows below a method's bands.
const moreBands = 3

// methodPage makes the form of a method as it is stored.
func (a adminPages) methodPage(c echo.Context, m models.DeliveryMethod) (admin.MethodPage, error) {
	page := admin.MethodPage{Method: m, Version: strconv.FormatInt(m.Version, 10), Kind: m.Kind, Name: m.Name, Address: m.Address}
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return page, err
	}
	title := "New pickup"
	if m.ZoneID != nil {
		if page.Zone, err = a.store.DeliveryZoneByID(c.Request().Context(), *m.ZoneID); err != nil {
			return page, err
		}
		title = "New way of delivery to " + page.Zone.Name
	}
	if m.ID != 0 {
		title = m.Name
	}
	page.Currency = shop.Currency
	money := func(amount int64) string { return models.Money{Amount: amount, Currency: shop.Currency}.Decimal() }
	unlessZero := func(n int64, text string) string {
		if n == 0 {
			return ""
		}
		return text
	}
	measure := func(n int64) string {
		if m.Kind == models.DeliveryBySubtotal {
			return money(n)
		}
		return strconv.FormatInt(n, 10)
	}
	page.Price, page.FreeFrom = unlessZero(m.Price, money(m.Price)), unlessZero(m.FreeFrom, money(m.FreeFrom))
	page.MinDays, page.MaxDay = unlessZero(m.MinDays, strconv.FormatInt(m.MinDays, 10)), unlessZero(m.MaxDays, strconv.FormatInt(m.MaxDays, 10))
	for _, band := range m.Bands {
		page.Bands = append(page.Bands, admin.BandForm{Starts: measure(band.Starts), Ends: unlessZero(band.Ends, measure(band.Ends)), Price: money(band.Price)})
	}
	page.Bands = append(page.Bands, make([]admin.BandForm, moreBands)...)
	page.Frame, err = a.frame(c, title, "/admin/delivery")
	return page, err
}

func (a adminPages) showMethod(c echo.Context, m models.DeliveryMethod) error {
	page, err := a.methodPage(c, m)
	if err != nil {
		return err
	}
	return a.show(c, admin.Method(page))
}

// zoneMethod is a new method of the zone that the address names.
func zoneMethod(c echo.Context) (models.DeliveryMethod, error) {
	id, err := idOf(c)
	return models.DeliveryMethod{ZoneID: &id, Kind: models.DeliveryFlat}, err
}

// namedMethod is the method that the address names.
func (a adminPages) namedMethod(c echo.Context) (models.DeliveryMethod, error) {
	id, err := idOf(c)
	if err != nil {
		return models.DeliveryMethod{}, err
	}
	return a.store.DeliveryMethodByID(c.Request().Context(), id)
}

func (a adminPages) newMethod(c echo.Context) error {
	m, err := zoneMethod(c)
	if err != nil {
		return err
	}
	return a.showMethod(c, m)
}

func (a adminPages) createMethod(c echo.Context) error {
	m, err := zoneMethod(c)
	if err != nil {
		return err
	}
	return a.storeMethod(c, m)
}

func (a adminPages) newPickup(c echo.Context) error {
	return a.showMethod(c, models.DeliveryMethod{Kind: models.DeliveryPickup})
}

func (a adminPages) createPickup(c echo.Context) error {
	return a.storeMethod(c, models.DeliveryMethod{Kind: models.DeliveryPickup})
}

func (a adminPages) method(c echo.Context) error {
	m, err := a.namedMethod(c)
	if err != nil {
		return err
	}
	return a.showMethod(c, m)
}

func (a adminPages) saveMethod(c echo.Context) error {
	m, err := a.namedMethod(c)
	if err != nil {
		return err
	}
	return a.storeMethod(c, m)
}

// storeMethod reads the form over a method and stores it, or shows the form
// again as it was typed.
func (a adminPages) storeMethod(c echo.Context, m models.DeliveryMethod) error {
	page, err := a.methodPage(c, m)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	faults := readMethod(&page, &m, form)
	if form.Get("do") == "edit" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Method(page))
	}
	if len(faults) == 0 {
		err = a.store.SaveDeliveryMethod(c.Request().Context(), m, actor(c, staffOf(c)))
		if isConflict(err) {
			return a.methodConflict(c, page, form)
		}
		var bad bool
		if faults, bad = faultsIn(err); !bad {
			return deliveryDone(c, err, "saved")
		}
	}
	page.Errors = faults
	return render(c, http.StatusUnprocessableEntity, admin.Method(page))
}

// methodConflict shows what was typed beside what somebody else saved.
func (a adminPages) methodConflict(c echo.Context, mine admin.MethodPage, form url.Values) error {
	stored, err := a.namedMethod(c)
	if err != nil {
		return err
	}
	theirs, err := a.methodPage(c, stored)
	if err != nil {
		return err
	}
	path := deliveryPath + "/methods/" + strconv.FormatInt(stored.ID, 10)
	return a.textConflict(c, rivals{deliveryPath, "the delivery “" + stored.Name + "”", path, stored.Version, methodSays(mine), methodSays(theirs), form})
}

// readMethod reads the form into the page, so that nothing typed is lost, and
// into the method. It returns what is wrong, in the order of the form.
func readMethod(page *admin.MethodPage, m *models.DeliveryMethod, form url.Values) []views.FieldError {
	var unreadable []views.FieldError
	fault := func(field, message string) {
		unreadable = append(unreadable, views.FieldError{Field: field, Message: message})
	}
	text := func(field string) string { return strings.TrimSpace(form.Get(field)) }
	money := func(field, typed string) int64 {
		switch {
		case typed == "":
			return 0
		case strings.HasPrefix(typed, "-"):
			return -1 // which no field takes
		}
		amount, err := models.ParseMoney(field, typed, page.Currency)
		if wrong, bad := invalid(err); bad {
			fault(field, wrong.Message)
		} else if !amount.Payable() {
			fault(field, fmt.Sprintf("Amounts in %s must end in 0.", page.Currency))
		}
		return amount.Amount
	}
	count := func(field, typed string) int64 {
		n, ok := whole(typed)
		if typed != "" && !ok {
			fault(field, "Enter a whole number.")
		}
		return n
	}
	page.Version = form.Get("version")
	m.Version, _ = whole(page.Version)
	page.Name, page.Address, page.Price, page.FreeFrom = text("name"), text("address"), text("price"), text("free-from")
	page.MinDays, page.MaxDay = text("min-days"), text("max-days")
	if m.Kind != models.DeliveryPickup {
		m.Kind = models.DeliveryKind(form.Get("kind"))
		page.Kind = m.Kind
	}
	m.Name, m.Address, m.Price, m.Bands = page.Name, page.Address, 0, nil
	page.Bands = typedBands(form)
	measure := money
	switch m.Kind {
	case models.DeliveryByWeight:
		measure = count
	case models.DeliveryFlat, models.DeliveryPickup:
		m.Price = money("price", page.Price)
	}
	if m.Kind == models.DeliveryByWeight || m.Kind == models.DeliveryBySubtotal {
		for i, row := range page.Bands {
			price := models.BandField(i, "price")
			if row.Price == "" {
				fault(price, "Enter the price of this row; 0 is free.")
			}
			m.Bands = append(m.Bands, models.DeliveryBand{
				Starts: measure(models.BandField(i, "starts"), row.Starts), Ends: measure(models.BandField(i, "ends"), row.Ends), Price: money(price, row.Price),
			})
		}
	}
	m.FreeFrom, m.MinDays, m.MaxDays = money("free-from", page.FreeFrom), count("min-days", page.MinDays), count("max-days", page.MaxDay)
	page.Bands = append(page.Bands, make([]admin.BandForm, moreBands)...)
	if len(unreadable) > 0 {
		return unreadable
	}
	var faults []views.FieldError
	for _, wrong := range m.Faults() {
		faults = append(faults, views.FieldError{Field: wrong.Field, Message: wrong.Message})
	}
	return faults
}

// typedBands are the rows of a method's prices that hold something.
func typedBands(form url.Values) []admin.BandForm {
	var bands []admin.BandForm
	rows, _ := whole(form.Get("rows"))
	for i := range int(min(max(rows, 0), 100)) {
		text := func(name string) string { return strings.TrimSpace(form.Get(models.BandField(i, name))) }
		if row := (admin.BandForm{Starts: text("starts"), Ends: text("ends"), Price: text("price")}); row != (admin.BandForm{}) {
			bands = append(bands, row)
		}
	}
	return bands
}

func (a adminPages) deleteMethod(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	return deliveryDone(c, a.store.DeleteDeliveryMethod(c.Request().Context(), id, actor(c, staffOf(c))), "deleted")
}
