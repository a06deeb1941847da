// Package admin draws the merchant's side of the shop.
package admin

import (
	"fmt"
	"strconv"
	"time"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views"
)

// Frame is what surrounds every page of the admin.
type Frame struct {
	ShopName  string
	Theme     string // address of the style sheet of the shop's colours; empty: that of the theme's file
	Title     string
	Section   string // the path of the current navigation entry
	Staff     string // mail address; empty before login
	Simulated bool
	Silence   models.Silence
	Notice    *views.Notice
	Cuts      []Cut                          // what was typed and is far too long
	May       func(method, path string) bool // whether the role of the staff allows a route
}

// theme is the address of the style sheet of the shop's colours.
func (f Frame) theme() string {
	if f.Theme != "" {
		return f.Theme
	}
	return static.URL("theme.css")
}

// LoginPage asks for mail address and password.
type LoginPage struct {
	Frame  Frame
	Email  string
	Next   string // a local path
	Errors []views.FieldError
}

// SetupPage makes the first owner.
type SetupPage struct {
	Frame  Frame
	Token  string
	Email  string
	Errors []views.FieldError
}

// AccountPage is a member of staff's own.
type AccountPage struct {
	Frame  Frame
	Role   models.Role
	Errors []views.FieldError
}

// AuditPage lists who did what.
type AuditPage struct {
	Frame    Frame
	Action   models.AuditAction // empty: any
	Entries  []models.AuditEntry
	NextPage string
}

// auditActions are the actions of the audit log in plain words.
var auditActions = map[models.AuditAction]string{
	models.AuditLogin: "logged in", models.AuditLoginFailed: "login failed", models.AuditLogout: "logged out", models.AuditSetup: "set the shop up",
	models.AuditStaffCreated: "made an account", models.AuditPasswordChanged: "changed a password", models.AuditPasswordReset: "reset a password",
	models.AuditJobRetried:     "ran a job again",
	models.AuditRefund:         "refunded",
	models.AuditReviewAccepted: "accepted a payment that did not fit",
	models.AuditReviewCanceled: "closed an order in review",
	models.AuditEventReplayed:  "applied an event once more",

	models.AuditDiscountCreated: "made a discount",
	models.AuditDiscountChanged: "changed a discount",
	models.AuditDiscountOff:     "switched a discount off",
	models.AuditDiscountOn:      "switched a discount on",
	models.AuditProductCreated:  "made a product",
	models.AuditProductChanged:  "changed a product",
	models.AuditPriceChanged:    "changed a price",
	models.AuditStockChanged:    "changed the stock",
	models.AuditPictureRemoved:  "removed a picture",

	models.AuditCollectionSaved:   "saved a collection",
	models.AuditCollectionDeleted: "deleted a collection",

	models.AuditIdentitySaved:   "changed what the shop says of itself",
	models.AuditLookSaved:       "changed the colours and fonts",
	models.AuditLogoChanged:     "changed the logo",
	models.AuditHomeChanged:     "changed the draft of the front page",
	models.AuditHomePublished:   "published the front page",
	models.AuditPageSaved:       "saved a page",
	models.AuditPageDeleted:     "deleted a page",
	models.AuditMenuSaved:       "changed a menu",
	models.AuditDeliveryChanged: "changed the delivery",
	models.AuditDeliveryDeleted: "deleted a way of delivery",
	models.AuditTaxChanged:      "changed the tax settings",
	models.AuditImported:        "imported a file of products",
	models.AuditImportCancelled: "cancelled an import",
	models.AuditExported:        "exported a list",
	models.AuditSearchesCleared: "cleared what was searched for",
}

// OverviewPage greets the merchant.
type OverviewPage struct {
	Frame   Frame
	Figures []Figure
	Latest  []models.Order
}

// Figure is a number with its meaning.
type Figure struct{ Label, Value, URL string }

// OrdersPage lists orders.
type OrdersPage struct {
	Frame    Frame
	Search   string
	Status   models.OrderStatus
	Orders   []models.Order
	CSV      string // the address of all of them as a file
	NextPage string // empty on the last page
}

// OrderPage shows one order with everything that happened to it.
type OrderPage struct {
	Frame    Frame
	Order    models.Order
	Payments []models.Payment
	Reviews  []Review // that wait for a decision
	Timeline []views.TimelineEntry
	Errors   []views.FieldError
}

// aheadText says what of an order's line was not on hand when it was ordered,
// and how much of that is still to come.
func aheadText(order models.Order, item models.OrderItem) string {
	if order.Status == models.OrderRefunded || order.StockStatus == models.StockReleased {
		return fmt.Sprintf("%d ordered ahead; nobody waits for them any more.", item.Backordered)
	}
	if item.Owed == 0 && order.AmountRefunded > 0 { // it came, or its money went back
		return fmt.Sprintf("%d ordered ahead, none still to come.", item.Backordered)
	}
	if item.Owed == 0 {
		return fmt.Sprintf("%d ordered ahead, on hand now.", item.Backordered)
	}
	return fmt.Sprintf("%d ordered ahead, %d still to come.", item.Backordered, item.Owed)
}

// MailListPage lists mails.
type MailListPage struct {
	Frame    Frame
	Emails   []models.Email
	NextPage string
}

// MailPage shows one mail.
type MailPage struct {
	Frame Frame
	Email models.Email
}

// JobsPage lists jobs.
type JobsPage struct {
	Frame    Frame
	State    models.JobState // empty: any but done
	Jobs     []models.Job
	NextPage string
}

// jobStates are the states of a job in plain words.
var jobStates = map[models.JobState]string{
	models.JobGivenUp: "given up", models.JobRetrying: "will try again", models.JobWaiting: "waiting", models.JobRunning: "running", models.JobDone: "done",
}

// jobKind says in plain words what a job does.
func jobKind(kind string) string {
	switch kind {
	case models.SendEmailArgs{}.Kind():
		return "Send a mail"
	case models.PictureArgs{}.Kind():
		return "Make the sizes of a picture"
	case models.RemovePictureArgs{}.Kind():
		return "Remove a picture’s files"
	case models.RefundArgs{}.Kind():
		return "Pay money back"
	case models.SettleOrderArgs{}.Kind():
		return "Ask Stripe about an order"
	case models.SitePictureArgs{}.Kind():
		return "Make the sizes of a picture of the front page"
	case models.ImportArgs{}.Kind():
		return "Check or import a file of products"
	case models.FetchPicturesArgs{}.Kind():
		return "Fetch pictures of an import"
	case "reconcile":
		return "Ask Stripe about open orders"
	case models.PublishArgs{}.Kind():
		return "Put products on sale"
	case models.FillBackordersArgs{}.Kind():
		return "Hand pieces to orders that wait for them"
	case models.IndexProductsArgs{}.Kind():
		return "Let search find what a rule has moved"
	case "keep_catalogue":
		return "Keep collections up to date"
	case "clean_up":
		return "Clean up"
	}
	return kind
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Finding is what one check of the doctor found.
type Finding struct {
	Name   string
	Level  string // ok, warning or FAIL
	Text   string
	Advice string // what to do; empty where all is well
}

// DoctorPage shows what the doctor found.
type DoctorPage struct {
	Frame    Frame
	Findings []Finding
	Failed   int
	CanTest  bool // whether a test event can be sent through Stripe
}

// Summary says how many checks failed, or deserve a look.
func (p DoctorPage) Summary() string {
	warnings := 0
	for _, f := range p.Findings {
		if f.Level == "warning" {
			warnings++
		}
	}
	switch {
	case p.Failed == 1:
		return "One check failed."
	case p.Failed > 1:
		return strconv.Itoa(p.Failed) + " checks failed."
	case warnings == 1:
		return "Nothing fails; one warning deserves a look."
	case warnings > 1:
		return fmt.Sprintf("Nothing fails; %d warnings deserve a look.", warnings)
	}
	return "Nothing is wrong."
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func fulfilment(o models.Order) string {
	if o.Fulfilment == models.Fulfilled {
		return "Sent"
	}
	return "Not sent yet"
}
