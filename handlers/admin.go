package handlers

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// adminPages is the merchant's side of the shop.
type adminPages struct {
	store     *models.Store
	frames    *frames // of the shop, for previews
	uploads   Uploads
	sessions  staffSessions
	limits    *limits
	verifier  EventVerifier
	refusals  *refusals
	simulated bool
	watch     *webhookWatch
	doctor    func(ctx context.Context, test bool) []admin.Finding
	now       func() time.Time
	log       *slog.Logger
	needs     adminNeeds
	terms     *searchTerms
}

// anyone marks the routes that lead to a login, and so need none.
const anyone models.Role = ""

// adminNeeds says which role each route of the admin needs at least, by method
// and path. What it does not name, nobody may.
type adminNeeds map[string]models.Role

// least is the role a route needs. HEAD is as GET.
func (n adminNeeds) least(method, path string) (role models.Role, known bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	role, known = n[method+" "+path]
	return role, known
}

// allow reports whether a role may use a route.
func (n adminNeeds) allow(role models.Role, method, path string) bool {
	least, known := n.least(method, path)
	return known && (least == anyone || role.Covers(least))
}

// adminRoutes is the table of the admin.
func adminRoutes(e *echo.Echo, c Config, frames *frames, limits *limits, refusals *refusals, terms *searchTerms) {
	a := adminPages{
		store: c.Store, frames: frames, uploads: c.Uploads, sessions: newStaffSessions(c), limits: limits, verifier: c.Verifier, refusals: refusals,
		simulated: c.SimulatorURL != "", watch: &webhookWatch{store: c.Store, now: c.Now}, doctor: c.Doctor,
		now: c.Now, log: c.Logger, needs: adminNeeds{}, terms: terms,
	}
	group := e.Group("/admin", noStore, a.sessions.keep, a.nothingThere, a.deny, a.longForms)
	route := func(least models.Role, method, path string, h echo.HandlerFunc) {
		a.needs[method+" /admin"+path] = least
		group.Add(method, path, h)
		if method == http.MethodGet {
			group.HEAD(path, h)
		}
	}
	const get, post = http.MethodGet, http.MethodPost

	route(anyone, get, "/login", a.loginForm)
	route(anyone, post, "/login", a.login)
	route(anyone, get, "/setup", a.setupForm)
	route(anyone, post, "/setup", a.setup)

	route(models.RoleViewer, post, "/logout", a.logout)
	route(models.RoleViewer, get, "/account", a.accountForm)
	route(models.RoleViewer, post, "/account", a.changePassword)

	route(models.RoleViewer, get, "", a.overview)
	route(models.RoleViewer, get, "/", func(c echo.Context) error { return c.Redirect(http.StatusPermanentRedirect, "/admin") }) // which people type
	route(models.RoleViewer, get, "/orders", a.orders)
	route(models.RoleViewer, get, "/orders/:number", a.order)
	route(models.RoleManager, get, "/orders/:number/refund", a.refundForm)
	route(models.RoleManager, post, "/orders/:number/refund", a.refund)
	route(models.RoleManager, post, "/orders/:number/review", a.review)
	route(models.RoleViewer, get, "/events", a.events)
	route(models.RoleViewer, get, "/events/:id", a.event)
	route(models.RoleManager, post, "/events/:id/replay", a.replay)
	route(models.RoleViewer, get, "/products", a.products)
	route(models.RoleViewer, get, "/discounts", a.discounts)
	route(models.RoleManager, post, "/discounts/new", a.createDiscount)
	route(models.RoleManager, get, "/discounts/new", a.newDiscount)
	route(models.RoleManager, get, "/discounts/:id", a.discountForm)
	route(models.RoleManager, post, "/discounts/:id", a.changeDiscount)
	route(models.RoleManager, post, "/discounts/:id/switch", a.switchDiscount)
	deliveryRoutes(a, route)
	route(models.RoleManager, get, "/new/product", a.newProduct)
	route(models.RoleManager, post, "/products", a.createProduct)
	route(models.RoleViewer, get, "/products/:id", a.editProduct)
	route(models.RoleManager, post, "/products/:id", a.saveProduct)
	route(models.RoleViewer, get, "/products/:id/preview", a.previewProduct)
	route(models.RoleViewer, get, "/products/:id/stock", a.stock)
	route(models.RoleViewer, get, "/products/:id/prices", a.prices)
	route(models.RoleViewer, get, "/products/:id/pictures", a.pictures)
	route(models.RoleManager, post, "/products/:id/pictures", a.uploadPictures)
	route(models.RoleManager, post, "/products/:id/pictures/save", a.savePictures)
	route(models.RoleManager, post, "/products/:id/duplicate", a.duplicateProduct)
	route(models.RoleManager, post, "/products/:id/archive", a.archiveProduct)
	route(models.RoleViewer, get, "/collections", a.collections)
	route(models.RoleManager, get, "/new/collection", a.newCollection)
	route(models.RoleManager, post, "/collections", a.createCollection)
	route(models.RoleViewer, get, "/collections/:id", a.editCollection)
	route(models.RoleManager, post, "/collections/:id", a.orGone(deletable{"collection", "/admin/collections", "/admin/collections", at("/admin/collections")}, a.saveCollection))
	route(models.RoleManager, get, "/collections/:id/delete", a.confirmCollection)
	route(models.RoleManager, post, "/collections/:id/delete", a.deleteCollection)
	route(models.RoleViewer, get, "/settings/identity", a.identity)
	route(models.RoleManager, post, "/settings/identity", a.saveIdentity)
	route(models.RoleManager, post, "/settings/logo", a.changeLogo)
	route(models.RoleViewer, get, "/settings/look", a.look)
	route(models.RoleManager, post, "/settings/look", a.saveLook)
	route(models.RoleViewer, get, "/settings/look/preview", a.previewLook)
	route(models.RoleViewer, get, "/settings/look/theme.css", a.previewTheme)
	route(models.RoleViewer, get, "/settings/home", a.home)
	route(models.RoleManager, post, "/settings/home", a.addSection)
	route(models.RoleViewer, get, "/settings/home/preview", a.previewHome)
	route(models.RoleManager, post, "/settings/home/publish", a.publishHome)
	route(models.RoleManager, post, "/settings/home/discard", a.discardHome)
	route(models.RoleViewer, get, "/settings/sections/:id", a.section)
	route(models.RoleManager, post, "/settings/sections/:id", a.orGone(deletable{"section", yourShop, homePath, nowhere}, a.saveSection))
	route(models.RoleManager, post, "/settings/sections/:id/move", a.moveSection)
	route(models.RoleViewer, get, "/settings/menus/:menu", a.menu)
	route(models.RoleManager, post, "/settings/menus/:menu", a.saveMenu)
	route(models.RoleViewer, get, "/pages", a.texts)
	route(models.RoleManager, get, "/new/page", a.newText)
	route(models.RoleManager, post, "/pages", a.createText)
	route(models.RoleViewer, get, "/pages/:id", a.editText)
	route(models.RoleManager, post, "/pages/:id", a.orGone(deletable{"page", yourShop, "/admin/pages", at("/admin/pages")}, a.saveText))
	route(models.RoleViewer, get, "/pages/:id/preview", a.previewText)
	route(models.RoleManager, get, "/pages/:id/delete", a.confirmText)
	route(models.RoleManager, post, "/pages/:id/delete", a.deleteText)
	route(models.RoleManager, get, "/import", a.imports)
	route(models.RoleManager, post, "/import", a.receiveImport)
	route(models.RoleManager, get, "/import/:id", a.showImport)
	route(models.RoleManager, post, "/import/:id/start", a.startImport)
	route(models.RoleManager, post, "/import/:id/cancel", a.cancelImport)
	route(models.RoleManager, get, "/import/:id/failed.csv", a.failedRows)
	route(models.RoleManager, get, "/products.csv", a.exportProducts)
	route(models.RoleManager, get, "/orders.csv", a.exportOrders)
	route(models.RoleViewer, get, "/searches", a.searches)
	route(models.RoleManager, post, "/searches/clear", a.clearSearches)
	route(models.RoleViewer, get, "/mail", a.mails)
	route(models.RoleViewer, get, "/mail/:id", a.mail)
	route(models.RoleViewer, get, "/mail/:id/html", a.mailHTML)
	route(models.RoleViewer, get, "/jobs", a.jobs)
	route(models.RoleFulfilment, post, "/jobs/:id/retry", a.retryJob)
	route(models.RoleManager, get, "/doctor", a.examine(false))
	route(models.RoleManager, post, "/doctor", a.examine(true))
	route(models.RoleManager, get, "/audit", a.audit)
}

func noStore(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		return next(c)
	}
}

const staffContext = "staff"

// errRole refuses a member of staff whose role does not cover what was asked.
var errRole = errors.New("the role does not allow it")

// deny lets those pass whose role the route needs. It sends who is not logged
// in to the login, whatever the address.
func (a adminPages) deny(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		method, path := c.Request().Method, c.Path()
		if a.needs.allow(anyone, method, path) {
			return next(c)
		}
		staff, err := a.loggedIn(c.Request().Context())
		switch {
		case errors.Is(err, models.ErrNotFound) && (method == http.MethodGet || method == http.MethodHead):
			return c.Redirect(http.StatusSeeOther, "/admin/login?next="+url.QueryEscape(c.Request().URL.RequestURI()))
		case errors.Is(err, models.ErrNotFound):
			return c.Redirect(http.StatusSeeOther, "/admin/login")
		case err != nil:
			return err
		}
		c.Set(staffContext, staff)
		if _, known := a.needs.least(method, path); !known {
			return models.ErrNotFound
		}
		if !a.needs.allow(staff.Role, method, path) {
			return errRole
		}
		return next(c)
	}
}

// nothingThere tells staff in the admin's look that there is nothing at an
// address, or nothing any more.
func (a adminPages) nothingThere(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil || statusOf(err) != http.StatusNotFound || staffOf(c).ID == 0 || c.Response().Committed {
			return err
		}
		frame, err := a.frame(c, "There is nothing here", "")
		if err != nil {
			return err
		}
		return render(c, http.StatusNotFound, admin.NothingThere(frame))
	}
}

// loggedIn is the member of staff whose session the request carries, or
// ErrNotFound. A session from before the last new password counts no more.
func (a adminPages) loggedIn(ctx context.Context) (models.Staff, error) {
	id := a.sessions.GetInt64(ctx, staffKey)
	if id == 0 {
		return models.Staff{}, models.ErrNotFound
	}
	staff, err := a.store.StaffByID(ctx, id)
	if err == nil && staff.SessionVersion != a.sessions.GetInt64(ctx, versionKey) {
		err = models.ErrNotFound
	}
	return staff, err
}

// staffOf is the member of staff who is logged in.
func staffOf(c echo.Context) models.Staff {
	staff, _ := c.Get(staffContext).(models.Staff)
	return staff
}

// actor is who asks, for the audit log.
func actor(c echo.Context, staff models.Staff) models.Actor {
	return models.Actor{StaffID: staff.ID, Email: staff.Email, Address: c.RealIP()}
}

func (a adminPages) frame(c echo.Context, title, section string) (admin.Frame, error) {
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return admin.Frame{}, err
	}
	staff := staffOf(c)
	frame := admin.Frame{
		ShopName: shop.Name, Title: title, Section: section, Simulated: a.simulated, Staff: staff.Email,
		May: func(method, path string) bool { return a.needs.allow(staff.Role, method, path) },
	}
	frame.Cuts, _ = c.Get(cutContext).([]admin.Cut)
	if snap, err := a.frames.snapshot(c.Request().Context()); err == nil {
		frame.Theme = snap.site.Theme
	}
	if staff.ID != 0 {
		frame.Silence, err = a.watch.silence(c.Request().Context())
	}
	return frame, err
}

// adminPage is how many rows a list of the admin shows.
const adminPage = 25

func (a adminPages) show(c echo.Context, page templ.Component) error {
	return render(c, http.StatusOK, page)
}

func (a adminPages) overview(c echo.Context) error {
	frame, err := a.frame(c, "Overview", "/admin")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return err
	}
	tallies, err := a.store.OrderTallies(ctx)
	if err != nil {
		return err
	}
	attention, err := a.store.Attention(ctx)
	if err != nil {
		return err
	}
	var paid, open int64
	takings := models.Money{Currency: shop.Currency}
	for _, tally := range tallies {
		switch tally.Status {
		case models.OrderPaid, models.OrderPartiallyRefunded:
			paid += tally.Orders
			takings.Amount += tally.Total
		case models.OrderPending, models.OrderAwaitingPayment:
			open += tally.Orders
		}
	}
	latest, err := a.store.Orders(ctx, models.OrderFilter{Limit: 10})
	if err != nil {
		return err
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	page := admin.OverviewPage{Frame: frame, Latest: latest, Figures: []admin.Figure{
		{Label: "paid orders", Value: number(paid), URL: "/admin/orders?status=paid"},
		{Label: "taken", Value: takings.String(), URL: "/admin/orders?status=paid"},
		{Label: "waiting for payment", Value: number(open), URL: "/admin/orders?status=pending"},
		{Label: "need a look", Value: number(attention.Reviews), URL: "/admin/orders?status=review"},
	}}
	for _, alert := range []admin.Figure{
		{Label: "paid twice: pay one back", Value: number(attention.Duplicates), URL: "/admin/events?outcome=" + models.OutcomeDuplicatePayment},
		{Label: "failed refunds", Value: number(attention.FailedRefunds), URL: "/admin/events?outcome=" + models.OutcomeRefund},
		{Label: "open disputes", Value: number(attention.Disputes), URL: "/admin/events?outcome=" + models.OutcomeDispute},
	} {
		if alert.Value != "0" {
			page.Figures = append(page.Figures, alert)
		}
	}
	return a.show(c, admin.Overview(page))
}

// before reads the key of the page before; what is no key starts at the top.
func before(c echo.Context) int64 {
	key, _ := whole(c.QueryParam("before"))
	return max(key, 0)
}

// older is the address of the next page of a list, with its filter.
func older(path string, filter url.Values, rows int, last int64) string {
	if rows < adminPage {
		return ""
	}
	filter.Set("before", strconv.FormatInt(last, 10))
	return path + "?" + filter.Encode()
}

// orderStatus is the status that a list of orders is filtered by.
func orderStatus(c echo.Context) models.OrderStatus {
	for _, status := range models.OrderStatuses {
		if c.QueryParam("status") == string(status) {
			return status
		}
	}
	return ""
}

func (a adminPages) orders(c echo.Context) error {
	frame, err := a.frame(c, "Orders", "/admin/orders")
	if err != nil {
		return err
	}
	page := admin.OrdersPage{Frame: frame, Search: c.QueryParam("q"), Status: orderStatus(c)}
	page.Orders, err = a.store.Orders(c.Request().Context(), models.OrderFilter{
		Search: page.Search, Status: page.Status, Before: before(c), Limit: adminPage,
	})
	if err != nil {
		return err
	}
	if n := len(page.Orders); n > 0 {
		filter := url.Values{"q": {page.Search}, "status": {string(page.Status)}}
		page.CSV = address("/admin/orders.csv", filter)
		page.NextPage = older("/admin/orders", filter, n, page.Orders[n-1].ID)
	}
	return a.show(c, admin.Orders(page))
}

func (a adminPages) order(c echo.Context) error {
	return a.showOrder(c, http.StatusOK, c.Param("number"))
}

// orderNotices are what a page says after something was done to its order.
var orderNotices = map[string]string{
	"refund": "The refund is on its way to Stripe. This page shows when it is done.",
	"accept": "The payment is accepted: the order is paid and the receipt goes out.",
	"cancel": "The order is closed and its stock is free again.",
}

func (a adminPages) showOrder(c echo.Context, status int, number string, faults ...views.FieldError) error {
	ctx := c.Request().Context()
	order, err := a.store.OrderByNumber(ctx, number)
	if err != nil {
		return err
	}
	page := admin.OrderPage{Order: order, Errors: faults}
	if page.Frame, err = a.frame(c, "Order "+order.Number, "/admin/orders"); err != nil {
		return err
	}
	if text, ok := orderNotices[c.QueryParam("notice")]; ok {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	history, err := a.store.OrderHistory(ctx, order.ID)
	if err != nil {
		return err
	}
	page.Timeline = timeline(history)
	if page.Payments, err = a.store.PaymentsOfOrder(ctx, order.ID); err != nil {
		return err
	}
	reviews, err := a.store.ReviewsOfOrder(ctx, order.ID)
	if err != nil {
		return err
	}
	for _, review := range reviews {
		if order.Status == models.OrderReview && review.ResolvedAt == nil {
			said, err := review.Said()
			if err != nil {
				return err
			}
			page.Reviews = append(page.Reviews, admin.Review{Reason: review.Reason, At: review.CreatedAt, Rows: compare(order, said, a.store.Livemode())})
		}
	}
	return render(c, status, admin.Order(page))
}

// compare sets an order beside what Stripe said of its payment.
func compare(order models.Order, said models.CheckoutSession, live bool) []admin.ReviewRow {
	var rows []admin.ReviewRow
	row := func(what, ours, stripes string) {
		rows = append(rows, admin.ReviewRow{What: what, Order: ours, Stripe: cmp.Or(stripes, "not said"), Differs: ours != stripes})
	}
	reference := func(what, stripes string) { // one of them is enough
		row(what, strconv.FormatInt(order.ID, 10), stripes)
		rows[len(rows)-1].Differs = rows[len(rows)-1].Differs && stripes != ""
	}
	mode := map[bool]string{false: "test", true: "live"}
	amount := func(minor *int64) string {
		if minor == nil {
			return ""
		}
		return models.Money{Amount: *minor, Currency: strings.ToUpper(said.Currency)}.String()
	}
	row("Total", order.Price(order.Total).String(), amount(said.AmountTotal))
	row("Subtotal", order.Price(order.LinesTotal()).String(), amount(said.AmountSubtotal))
	row("Currency", order.Currency, strings.ToUpper(said.Currency))
	row("Live or test money", mode[live], mode[said.Livemode])
	reference("Order, by metadata", said.Metadata["order_id"])
	reference("Order, by reference", said.ClientReferenceID)
	row("Kind of payment", "payment", said.Mode)
	row("State of payment", "paid", strings.ReplaceAll(said.PaymentStatus, "_", " "))
	if order.StripeSessionID != nil {
		row("Session", *order.StripeSessionID, said.ID)
	}
	return rows
}

func (a adminPages) mails(c echo.Context) error {
	frame, err := a.frame(c, "Mail", "/admin/mail")
	if err != nil {
		return err
	}
	page := admin.MailListPage{Frame: frame}
	if page.Emails, err = a.store.Emails(c.Request().Context(), before(c), adminPage); err != nil {
		return err
	}
	if n := len(page.Emails); n > 0 {
		page.NextPage = older("/admin/mail", url.Values{}, n, page.Emails[n-1].ID)
	}
	return a.show(c, admin.MailList(page))
}

func (a adminPages) emailOf(c echo.Context) (models.Email, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Email{}, models.ErrNotFound
	}
	return a.store.EmailByID(c.Request().Context(), id)
}

func (a adminPages) mail(c echo.Context) error {
	email, err := a.emailOf(c)
	if err != nil {
		return err
	}
	title := email.Subject
	if title == "" {
		title = "Mail"
	}
	frame, err := a.frame(c, title, "/admin/mail")
	if err != nil {
		return err
	}
	return a.show(c, admin.Mail(admin.MailPage{Frame: frame, Email: email}))
}

// mailHTML is what the frame on a mail's page shows. Mail needs inline styles;
// nothing else may load or run.
func (a adminPages) mailHTML(c echo.Context) error {
	email, err := a.emailOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'")
	return c.HTML(http.StatusOK, email.HTML)
}
