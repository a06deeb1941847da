package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// adminPages is the merchant's side of the shop.
type adminPages struct {
	store     *models.Store
	sessions  staffSessions
	limits    *limits
	verifier  EventVerifier
	refusals  *refusals
	simulated bool
	watch     *webhookWatch
	doctor    func(ctx context.Context, test bool) []admin.Finding
	log       *slog.Logger
}

// adminRoutes is the table of the admin. Every route below /admin is denied
// without a login but the three that lead to one.
func adminRoutes(e *echo.Echo, c Config, limits *limits, refusals *refusals) error {
	sessions := newStaffSessions(c)
	a := adminPages{
		store: c.Store, sessions: sessions, limits: limits, verifier: c.Verifier, refusals: refusals,
		simulated: c.SimulatorURL != "", log: c.Logger,
		watch: &webhookWatch{store: c.Store, now: c.Now}, doctor: c.Doctor,
	}

	group := e.Group("/admin", noStore, sessions.keep, a.deny)
	get := func(path string, h echo.HandlerFunc) {
		group.GET(path, h)
		group.HEAD(path, h)
	}
	get("/login", a.loginForm)
	group.POST("/login", a.login)
	get("/setup", a.setupForm)
	group.POST("/setup", a.setup)
	group.POST("/logout", a.logout)
	get("", a.overview)
	get("/orders", a.orders)
	get("/orders/:number", a.order)
	get("/orders/:number/refund", a.refundForm)
	group.POST("/orders/:number/refund", a.refund)
	group.POST("/orders/:number/review", a.review)
	get("/events", a.events)
	get("/events/:id", a.event)
	group.POST("/events/:id/replay", a.replay)
	get("/products", a.products)
	get("/mail", a.mails)
	get("/mail/:id", a.mail)
	get("/mail/:id/html", a.mailHTML)
	get("/doctor", a.examine(false))
	group.POST("/doctor", a.examine(true))
	get("/jobs", a.jobs)
	group.POST("/jobs/:id/retry", a.retryJob)
	group.RouteNotFound("/*", func(echo.Context) error { return models.ErrNotFound })
	return nil
}

func noStore(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		return next(c)
	}
}

// open are the routes that need no login.
var open = map[string]bool{"/admin/login": true, "/admin/setup": true}

const staffContext = "staff"

// deny lets members of staff pass and sends everyone else to the login.
func (a adminPages) deny(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if open[c.Path()] {
			return next(c)
		}
		ctx := c.Request().Context()
		if id := a.sessions.GetInt64(ctx, staffKey); id != 0 {
			staff, err := a.store.StaffByID(ctx, id)
			if err == nil {
				c.Set(staffContext, staff)
				return next(c)
			}
			if !errors.Is(err, models.ErrNotFound) {
				return err
			}
		}
		if c.Request().Method != http.MethodGet && c.Request().Method != http.MethodHead {
			return c.Redirect(http.StatusSeeOther, "/admin/login")
		}
		return c.Redirect(http.StatusSeeOther, "/admin/login?next="+url.QueryEscape(c.Request().URL.RequestURI()))
	}
}

func (a adminPages) frame(c echo.Context, title, section string) (admin.Frame, error) {
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return admin.Frame{}, err
	}
	frame := admin.Frame{ShopName: shop.Name, Title: title, Section: section, Simulated: a.simulated}
	if staff, ok := c.Get(staffContext).(models.Staff); ok {
		frame.Staff = staff.Email
		if frame.Silence, err = a.watch.silence(c.Request().Context()); err != nil {
			return admin.Frame{}, err
		}
	}
	return frame, nil
}

// localPath is where to go after the login: a path of the admin, whatever the
// address says.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.ContainsAny(next, "\\\t\r\n") ||
		(u.Path != "/admin" && !strings.HasPrefix(u.Path, "/admin/")) || strings.Contains(u.Path, "//") {
		return "/admin"
	}
	return u.RequestURI()
}

func (a adminPages) loginForm(c echo.Context) error {
	return a.showLogin(c, http.StatusOK, admin.LoginPage{Next: localPath(c.QueryParam("next"))})
}

func (a adminPages) showLogin(c echo.Context, status int, page admin.LoginPage) error {
	var err error
	if page.Frame, err = a.frame(c, "Log in", "/admin/login"); err != nil {
		return err
	}
	return render(c, status, admin.Login(page))
}

func (a adminPages) login(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page := admin.LoginPage{Email: form.Get("email"), Next: localPath(form.Get("next"))}
	if !a.limits.allow("login", c.RealIP()) || !a.limits.allow("login-account", strings.TrimSpace(page.Email)) {
		return echo.NewHTTPError(http.StatusTooManyRequests)
	}
	staff, err := a.store.StaffByEmail(ctx, page.Email)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return err
	}
	match, err := models.CheckPassword(staff.PasswordHash, form.Get("password"))
	if err != nil {
		return err
	}
	if !match {
		a.log.WarnContext(ctx, "login refused", "address", c.RealIP())
		page.Errors = []views.FieldError{{Field: "password", Message: "That mail address and password do not match."}}
		return a.showLogin(c, http.StatusUnprocessableEntity, page)
	}
	if err := a.begin(ctx, staff); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, page.Next)
}

// begin logs a member of staff in, under a new session id.
func (a adminPages) begin(ctx context.Context, staff models.Staff) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	a.sessions.Put(ctx, staffKey, staff.ID)
	return a.store.StaffLoggedIn(ctx, staff.ID)
}

func (a adminPages) logout(c echo.Context) error {
	if err := a.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return c.Redirect(http.StatusSeeOther, "/admin/login")
}

func (a adminPages) setupForm(c echo.Context) error {
	return a.showSetup(c, http.StatusOK, admin.SetupPage{Token: c.QueryParam("token")})
}

func (a adminPages) showSetup(c echo.Context, status int, page admin.SetupPage) error {
	valid, err := a.store.SetupTokenValid(c.Request().Context(), page.Token)
	if err != nil {
		return err
	}
	if !valid {
		return models.ErrNotFound
	}
	c.Response().Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	if page.Frame, err = a.frame(c, "Welcome", "/admin/setup"); err != nil {
		return err
	}
	return render(c, status, admin.Setup(page))
}

func (a adminPages) setup(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if !a.limits.allow("login", c.RealIP()) {
		return echo.NewHTTPError(http.StatusTooManyRequests)
	}
	ctx := c.Request().Context()
	page := admin.SetupPage{Token: form.Get("token"), Email: form.Get("email")}
	valid, err := a.store.SetupTokenValid(ctx, page.Token)
	if err != nil {
		return err
	}
	if !valid {
		return models.ErrNotFound
	}
	hash, err := models.HashPassword(form.Get("password"))
	var staff models.Staff
	if err == nil {
		staff, err = a.store.CreateFirstOwner(ctx, page.Token, page.Email, hash)
	}
	if fault, bad := invalid(err); bad {
		page.Errors = []views.FieldError{fault}
		return a.showSetup(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	if err := a.begin(ctx, staff); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin")
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
		{Label: "orders paid twice: pay one back", Value: number(attention.Duplicates), URL: "/admin/events?outcome=" + models.OutcomeDuplicatePayment},
		{Label: "refunds failed", Value: number(attention.FailedRefunds), URL: "/admin/events?outcome=" + models.OutcomeRefund},
		{Label: "disputes open", Value: number(attention.Disputes), URL: "/admin/events?outcome=" + models.OutcomeDispute},
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

func (a adminPages) orders(c echo.Context) error {
	frame, err := a.frame(c, "Orders", "/admin/orders")
	if err != nil {
		return err
	}
	page := admin.OrdersPage{Frame: frame, Search: c.QueryParam("q")}
	for _, status := range models.OrderStatuses {
		if c.QueryParam("status") == string(status) {
			page.Status = status
		}
	}
	page.Orders, err = a.store.Orders(c.Request().Context(), models.OrderFilter{
		Search: page.Search, Status: page.Status, Before: before(c), Limit: adminPage,
	})
	if err != nil {
		return err
	}
	if n := len(page.Orders); n > 0 {
		filter := url.Values{"q": {page.Search}, "status": {string(page.Status)}}
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
			page.Reviews = append(page.Reviews, admin.Review{Reason: review.Reason, At: review.CreatedAt, Rows: compare(order, said)})
		}
	}
	return render(c, status, admin.Order(page))
}

// compare sets an order beside what Stripe said of its payment.
func compare(order models.Order, said models.CheckoutSession) []admin.ReviewRow {
	currency := strings.ToUpper(said.Currency)
	amount := func(minor *int64) string {
		if minor == nil {
			return "not said"
		}
		return models.Money{Amount: *minor, Currency: currency}.String()
	}
	rows := []admin.ReviewRow{
		{What: "Total", Order: order.Price(order.Total).String(), Stripe: amount(said.AmountTotal)},
		{What: "Subtotal", Order: order.Price(order.Subtotal).String(), Stripe: amount(said.AmountSubtotal)},
		{What: "Currency", Order: order.Currency, Stripe: currency},
		{What: "Order", Order: strconv.FormatInt(order.ID, 10), Stripe: strings.Trim(said.Metadata["order_id"]+" "+said.ClientReferenceID, " ")},
		{What: "Kind of payment", Order: "payment", Stripe: said.Mode},
		{What: "Paid", Order: "yes", Stripe: strings.ReplaceAll(said.PaymentStatus, "_", " ")},
		{What: "Session", Stripe: said.ID},
	}
	if order.StripeSessionID != nil {
		rows[len(rows)-1].Order = *order.StripeSessionID
	}
	return rows
}

func (a adminPages) products(c echo.Context) error {
	frame, err := a.frame(c, "Products", "/admin/products")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return err
	}
	page := admin.ProductsPage{Frame: frame, Search: c.QueryParam("q"), Currency: shop.Currency}
	number, _ := whole(c.QueryParam("page"))
	number = min(max(number, 1), 1_000_000)
	page.Products, page.Total, err = a.store.Products(ctx, models.ProductFilter{
		Search: page.Search, Drafts: true, Sort: models.SortName, Page: int(number), PerPage: adminPage,
	})
	if err != nil {
		return err
	}
	if number*adminPage < page.Total {
		page.NextPage = address("/admin/products", url.Values{"q": {page.Search}, "page": {strconv.FormatInt(number+1, 10)}})
	}
	return a.show(c, admin.Products(page))
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
