package stripesim

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed templates assets
var files embed.FS

// assets serves the pages' style sheet.
func assets() http.Handler {
	inner := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		inner.ServeHTTP(w, r)
	})
}

var templates = template.Must(template.ParseFS(files, "templates/*.gohtml"))

// payForm is what a buyer enters on the hosted page.
type payForm struct {
	Email, Name, Line1, City, PostalCode, Country, Card, Rate string
}

// demoForm has plausible values, so that one click pays.
func demoForm(session object) payForm {
	f := payForm{Email: "alex.demo@example.com", Name: "Alex Demo", Line1: "12 Sample Street", City: "Springfield",
		PostalCode: "12345", Country: "US", Card: "4242 4242 4242 4242"}
	for _, known := range []string{session.str("_email"), session.str("customer_email")} {
		if known != "" {
			f.Email = known
		}
	}
	if countries := session.obj("shipping_address_collection").strings("allowed_countries"); len(countries) > 0 && !slices.Contains(countries, f.Country) {
		f.Country = countries[0]
	}
	f.Rate = session.obj("shipping_cost").str("shipping_rate")
	return f
}

func (f payForm) buyer(session object) buyer {
	who := buyer{email: f.Email, name: f.Name, rate: f.Rate, ship: session.obj("shipping_address_collection") != nil}
	who.address = object{"line1": nil, "line2": nil, "city": nil, "state": nil, "postal_code": nil, "country": f.Country}
	if who.ship {
		who.address["line1"], who.address["city"], who.address["postal_code"] = f.Line1, f.City, f.PostalCode
	}
	return who
}

// readPayForm reads the form; what the form has no field for keeps the demo's value.
func readPayForm(r *http.Request, session object) payForm {
	f := demoForm(session)
	for name, field := range map[string]*string{"email": &f.Email, "name": &f.Name, "line1": &f.Line1, "city": &f.City,
		"postal_code": &f.PostalCode, "country": &f.Country, "card": &f.Card, "shipping_rate": &f.Rate} {
		if r.PostForm.Has(name) {
			*field = strings.TrimSpace(r.PostForm.Get(name))
		}
	}
	if fixed := session.str("customer_email"); fixed != "" {
		f.Email = fixed
	}
	return f
}

// faults lists what is wrong with the form, by field.
func (f payForm) faults(session object) map[string]string {
	out := map[string]string{}
	required := map[string]string{"email": f.Email, "card": f.Card}
	if to := session.obj("shipping_address_collection"); to != nil {
		required["name"], required["line1"], required["city"], required["postal_code"] = f.Name, f.Line1, f.City, f.PostalCode
		if !slices.Contains(to.strings("allowed_countries"), f.Country) {
			out["country"] = "Choose one of the countries listed."
		}
	}
	if session.int("amount_total") == 0 {
		delete(required, "card")
	}
	for field, value := range required {
		if value == "" {
			out[field] = "Enter a value."
		}
		if len(value) > 500 {
			out[field] = "This is too long."
		}
	}
	if out["email"] == "" && !validEmail(f.Email) {
		out["email"] = "Enter an email address, like name@example.com."
	}
	return out
}

// payPage is what the hosted page shows.
type payPage struct {
	Form      payForm
	Faults    map[string]string
	Declined  string
	Closed    string // why nothing can be paid any more
	Back      string // cancel_url
	Onward    string // success_url of a completed session
	Items     []payLine
	Sums      []payLine
	Total     string
	Free      bool
	Ships     bool
	FixedMail bool
	Countries []country
	Rates     []payRate
}

type payLine struct {
	Name, Detail, Amount, Image string
}

type country struct {
	Code, Name string
}

// countries names countries in English, in the order of their names.
func countries(codes []string) []country {
	out := make([]country, 0, len(codes))
	for _, code := range codes {
		named := country{code, code}
		if region, err := language.ParseRegion(code); err == nil {
			if name := display.English.Regions().Name(region); name != "" {
				named.Name = name
			}
		}
		out = append(out, named)
	}
	slices.SortFunc(out, func(a, b country) int { return strings.Compare(a.Name, b.Name) })
	return out
}

type payRate struct {
	ID, Name, Amount string
	Chosen           bool
}

// Invalid says whether a field has a fault, for aria-invalid.
func (p payPage) Invalid(field string) bool { return p.Faults[field] != "" }

func newPayPage(session object, f payForm) payPage {
	code := session.str("currency")
	p := payPage{
		Form: f, Back: session.str("cancel_url"), Total: money(session.int("amount_total"), code),
		Free: session.int("amount_total") == 0, FixedMail: session.str("customer_email") != "",
		Ships:     session.obj("shipping_address_collection") != nil,
		Countries: countries(session.obj("shipping_address_collection").strings("allowed_countries")),
	}
	for _, item := range session.list("_line_items") {
		line := payLine{Name: item.str("description"), Amount: money(item.int("amount_subtotal"), code), Image: item.str("_image")}
		if item.int("quantity") > 1 {
			line.Detail = money(item.obj("price").int("unit_amount"), code) + " each, quantity " + decimal(item.int("quantity"), 0)
		}
		p.Items = append(p.Items, line)
	}
	details := session.obj("total_details")
	p.Sums = append(p.Sums, payLine{Name: "Subtotal", Amount: money(session.int("amount_subtotal"), code)})
	if off := details.int("amount_discount"); off > 0 {
		p.Sums = append(p.Sums, payLine{Name: "Discount", Amount: money(-off, code)})
	}
	if session.obj("shipping_cost") != nil {
		p.Sums = append(p.Sums, payLine{Name: "Shipping", Amount: money(details.int("amount_shipping"), code)})
	}
	if tax := details.int("amount_tax"); tax > 0 {
		p.Sums = append(p.Sums, payLine{Name: "Tax", Amount: money(tax, code)})
	}
	if options := session.list("shipping_options"); len(options) > 1 {
		for _, option := range options {
			id := option.str("shipping_rate")
			p.Rates = append(p.Rates, payRate{ID: id, Name: session.obj("_shipping_names").str(id),
				Amount: money(option.int("shipping_amount"), code), Chosen: id == f.Rate})
		}
	}
	switch session.str("status") {
	case "complete":
		p.Closed, p.Onward = "This payment is complete.", successURL(session)
	case "expired":
		p.Closed = "This payment page has expired. Nothing was paid."
	}
	return p
}

func successURL(session object) string {
	return strings.ReplaceAll(session.str("success_url"), "{CHECKOUT_SESSION_ID}", session.id())
}

// showPayPage answers GET /c/pay/{session}.
func (s *Simulator) showPayPage(w http.ResponseWriter, r *http.Request) {
	session, err := s.session(r.Context(), r.PathValue("id"))
	if s.pageFailed(w, err) {
		return
	}
	s.renderPayPage(w, http.StatusOK, session, newPayPage(session, demoForm(session)))
}

// submitPayPage answers the form: it pays, waits for the shop's answer to the webhook and sends the buyer back to
// the shop. Sent twice, it pays once.
func (s *Simulator) submitPayPage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form could not be read.", http.StatusBadRequest)
		return
	}
	session, err := s.session(r.Context(), r.PathValue("id"))
	if s.pageFailed(w, err) {
		return
	}
	form := readPayForm(r, session)
	with, known := Outcome(r.PostForm.Get("outcome")).payment(form.Card)
	if faults := form.faults(session); session.str("status") == "open" && (len(faults) > 0 || !known) {
		page := newPayPage(session, form)
		page.Faults = faults
		s.renderPayPage(w, http.StatusUnprocessableEntity, session, page)
		return
	}
	session, event, declined, err := s.pay(r.Context(), session.id(), form.buyer(session), with)
	if s.pageFailed(w, err) {
		return
	}
	if declined != nil {
		page := newPayPage(session, form)
		page.Declined = declined.Message
		s.renderPayPage(w, http.StatusPaymentRequired, session, page)
		return
	}
	if session.str("status") != "complete" {
		s.renderPayPage(w, http.StatusGone, session, newPayPage(session, form))
		return
	}
	if event == "" { // somebody else's click paid; wait for the same answer as that one
		event, err = s.lastEvent(r.Context(), session.id(), "checkout.session.completed")
		if s.pageFailed(w, err) {
			return
		}
	}
	if s.pageFailed(w, s.awaitAnswer(r.Context(), event)) {
		return
	}
	s.pageHeaders(w, session)
	http.Redirect(w, r, successURL(session), http.StatusSeeOther)
}

// pageFailed answers for an error and says whether there was one.
func (s *Simulator) pageFailed(w http.ResponseWriter, err error) bool {
	switch {
	case err == nil:
		return false
	case errors.Is(err, errNotFound):
		s.renderPayPage(w, http.StatusNotFound, object{}, payPage{Closed: "There is no such page."})
	default:
		s.log.Error("simulator: page failed", "error", err)
		http.Error(w, "The simulator failed; its log says why.", http.StatusInternalServerError)
	}
	return true
}

func (s *Simulator) renderPayPage(w http.ResponseWriter, status int, session object, page payPage) {
	s.pageHeaders(w, session)
	s.render(w, status, "pay.gohtml", page)
}

// render writes a page once all of it is made.
func (s *Simulator) render(w http.ResponseWriter, status int, name string, page any) {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, page); err != nil {
		s.log.Error("simulator: render page", "page", name, "error", err)
		http.Error(w, "The simulator failed; its log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a browser that is gone cannot be told so
}

// pageHeaders sets a strict policy. Chromium checks form-action against the redirect that answers a form too:
// the shop's origins must be in it.
func (s *Simulator) pageHeaders(w http.ResponseWriter, session object) {
	actions := []string{"'self'"}
	for _, field := range []string{"success_url", "cancel_url"} {
		u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(session.str(field)))
		if err != nil || u.Host == "" {
			continue
		}
		if origin := u.Scheme + "://" + u.Host; !strings.ContainsAny(origin, " ;,'") && !slices.Contains(actions, origin) {
			actions = append(actions, origin)
		}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data: http: https:; "+
		"form-action "+strings.Join(actions, " ")+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer a form would say Origin: null
	h.Set("Cache-Control", "no-store")
}
