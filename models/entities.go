package models

import (
	"slices"
	"strings"
	"time"
)

// Shop is the one row that describes the shop itself.
type Shop struct {
	ID               int64
	Name             string
	Currency         string // ISO 4217; every price of the shop is in it
	CatalogueVersion int64  // grows with every change a shopper can see
	HomeCountry      string // ISO 3166-1 alpha-2; where a delivery goes without a word
	TaxMode          TaxMode
	TaxIncluded      bool  // prices hold tax
	TaxDelivery      bool  // delivery is taxed
	TaxVersion       int64 // grows with every save of the tax settings
	HomeVersion      int64 // grows with every save of HomeCountry
	CreatedAt        time.Time
}

// TableName keeps the one-row table singular.
func (Shop) TableName() string { return "shop" }

// Product statuses.
const (
	ProductActive    = "active"
	ProductDraft     = "draft"
	ProductScheduled = "scheduled" // for sale from PublishAt
	ProductArchived  = "archived"
)

// Product is what the shop sells; its variants are what goes into a cart.
type Product struct {
	ID          int64
	Slug        string
	Name        string
	Summary     string // one plain sentence
	Description string // Markdown
	Status      string
	PublishAt   *time.Time // of one that is scheduled, UTC; else nil
	Featured    bool
	TaxClassID  *int64 // nil for the standard class
	Version     int64  // grows with every save in the editor
	// PicturesVersion grows with every save of SavePictures.
	PicturesVersion int64
	SearchName      string // the name without capitals and accents; see Store.indexProducts
	ChosenID        int64  `gorm:"-"` // the variant that a list's filter looked for; 0 for none
	CreatedAt       time.Time
	UpdatedAt       time.Time

	Options     []Option
	Variants    []Variant
	Pictures    []Picture
	Collections []Collection `gorm:"many2many:collection_products"`
}

// Option is one axis on which a product's variants differ, such as Colour.
type Option struct {
	ID        int64
	ProductID int64
	Name      string
	Position  int
	Values    []OptionValue
}

// OptionValue is one choice of an option.
type OptionValue struct {
	ID       int64
	OptionID int64
	Name     string
	Swatch   string // #rrggbb where the value is a colour, else empty
	Position int
}

// Variant is one sellable form of a product. Stock is what is on hand,
// Reserved what open checkouts hold of it; neither is ever negative.
type Variant struct {
	ID          int64
	ProductID   int64
	SKU         string `gorm:"column:sku"`
	Option1     string // the value of the product's first option, empty where it has none
	Option2     string
	Option3     string
	Price       int64 // minor units
	CompareAt   int64 // minor units; 0 for none
	PriorPrice  int64 // the lowest of the 30 days before a reduction, minor units; 0 for none
	Barcode     string
	Policy      StockPolicy `gorm:"default:deny"`
	Promise     string      // when what is sold beyond the stock is sent, in words
	ShipsOn     string      // the day from which it is sent, as 2026-12-31; empty for none
	Backordered int64       // pieces promised beyond what is on hand
	Stock       int64
	Reserved    int64
	WeightGrams int64
	PictureID   *int64
	Position    int
}

// Available is how many a shopper can buy now.
func (v Variant) Available() int64 { return v.Stock - v.Reserved }

// Reduction is the former price that stands struck through beside the variant's
// own, and the lowest price before it was reduced, both in minor units; or
// nothing where no reduction may be announced: one must be measured against the
// lowest price of the 30 days before (Directive 98/6/EC, article 6a; Court of
// Justice, C-330/23), so there is none where that was not higher, or where the
// shop never asked more. A former price nobody asked misleads elsewhere, too
// (16 CFR 233.1).
func (v Variant) Reduction() (before, lowest int64) {
	if v.CompareAt <= v.Price || v.PriorPrice <= v.Price {
		return 0, 0
	}
	return v.CompareAt, v.PriorPrice
}

// Title names the variant by its option values, "Red / Dotted", or is empty
// for a product without options.
func (v Variant) Title() string {
	title := v.Option1
	for _, value := range []string{v.Option2, v.Option3} {
		if value != "" {
			title += " / " + value
		}
	}
	return title
}

// The states of a picture's files.
const (
	PictureWaiting = "waiting" // a job makes them
	PictureReady   = "ready"
	PictureFailed  = "failed"
)

// Picture is one picture of a product. Key names its files, which exist in
// several widths and formats once it is ready.
type Picture struct {
	ID        int64
	ProductID int64
	Key       string
	Alt       string
	Width     int // pixels of the largest size
	Height    int
	Position  int
	Status    string
	Fault     string // why it failed
	FocusX    int64  `gorm:"default:50"` // percent from the left: what a frame of another shape keeps
	FocusY    int64  `gorm:"default:50"` // percent from the top
}

// UploadPrefix is how the key of every picture begins that was uploaded. Others
// are of the demo, and part of the program.
const UploadPrefix = "p-"

// Uploaded reports whether a key is that of an uploaded picture.
func Uploaded(key string) bool { return strings.HasPrefix(key, UploadPrefix) }

// Collection groups products.
type Collection struct {
	ID          int64
	Slug        string
	Name        string
	Description string
	Position    int
	Rule        string      // what it holds, as Rule writes it; empty: what was put into it
	Sort        ProductSort `gorm:"default:featured"` // how its page lists them at first
	Version     int64       // grows with every save of its form
}

// Cart is a shopper's cart, found by the token in the shopper's cookie.
type Cart struct {
	ID        int64
	TokenHash string // SHA-256 of the cookie's token, hex
	OrderID   *int64 // the order its last checkout made
	// DiscountCode is the code the shopper typed, which may have ceased to
	// count since; empty for none.
	DiscountCode string
	Note         string // the shopper's word to the merchant
	// DeliveryCountry and DeliveryMethodID are what the shopper chose; empty and
	// 0 for no word.
	DeliveryCountry  string
	DeliveryMethodID int64
	Email            string // the shopper's, in lower case, where a discount is counted by it
	CreatedAt        time.Time
	UpdatedAt        time.Time
	Items            []CartItem
	Losses           []CartLoss
}

// CartItem is a line of a cart.
type CartItem struct {
	CartID    int64 `gorm:"primaryKey"`
	VariantID int64 `gorm:"primaryKey"`
	Quantity  int64
	SeenPrice int64 // minor units; the price the shopper was last shown
	CreatedAt time.Time
}

// OrderStatus is where an order's payment stands.
type OrderStatus string

// The statuses of an order's payment.
const (
	OrderPending           OrderStatus = "pending"
	OrderAwaitingPayment   OrderStatus = "awaiting_payment"
	OrderPaid              OrderStatus = "paid"
	OrderPartiallyRefunded OrderStatus = "partially_refunded"
	OrderRefunded          OrderStatus = "refunded"
	OrderExpired           OrderStatus = "expired"
	OrderPaymentFailed     OrderStatus = "payment_failed"
	OrderReview            OrderStatus = "review"
)

// OrderStatuses lists every status, for filters.
var OrderStatuses = [...]OrderStatus{
	OrderPending, OrderAwaitingPayment, OrderPaid, OrderPartiallyRefunded,
	OrderRefunded, OrderExpired, OrderPaymentFailed, OrderReview,
}

// What an order's stock does: held by its open checkout, given back, or sold.
const (
	StockReserved = "reserved"
	StockReleased = "released"
	StockSold     = "sold"
)

// Where an order stands on its way to the shopper.
const (
	Unfulfilled = "unfulfilled"
	Fulfilled   = "fulfilled"
)

// Order is a cart frozen at checkout, with every price it was sold at. All
// amounts are minor units of Currency.
type Order struct {
	ID              int64
	Number          string // what shopper and merchant call it
	Token           string // 128 random bits; whoever has it may read the order
	Status          OrderStatus
	Fulfilment      string
	StockStatus     string
	ReviewReason    string
	CartID          *int64
	CartFingerprint string // what the cart held when it was frozen
	Currency        string // ISO 4217, upper case
	Subtotal        int64
	Discount        int64
	DiscountID      *int64 // the discount that made it so
	DiscountCode    string // as it was then; empty for one that counts by itself
	DiscountName    string
	Shipping        int64
	DeliverySaved   int64  // what the discount took off its price
	DeliveryCountry string // ISO 3166-1 alpha-2; empty where the payment page asks
	DeliveryName    string // of the method
	DeliveryMinDays int64  // business days; 0 in both for no word
	DeliveryMaxDays int64
	PickupAddress   string  // where the shopper comes for it; empty: it is sent
	TaxMode         TaxMode // who worked Tax out
	TaxIncluded     bool    // Tax is part of the other amounts, not added to them
	TaxName         string  // with its rate, where there is one alone
	Tax             int64
	DeliveryTax     int64 // the part of Tax on Shipping
	DeliveryTaxRate int64 // parts of a million
	Total           int64
	AmountRefunded  int64  // of what was paid, in its currency
	PaidAmount      *int64 // minor units of PaidCurrency, where another payment than Total came
	PaidCurrency    string // ISO 4217, upper case; empty: Currency
	Email           string // what Stripe was told; before, what a discount is counted by
	Note            string // the shopper's word to the merchant
	ShippingName    string
	ShippingAddress Address `gorm:"embedded;embeddedPrefix:shipping_"`
	StripeSessionID *string
	PaymentIntentID *string
	PaidAt          *time.Time
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Items           []OrderItem
}

// Price is an amount of the order as Money.
func (o Order) Price(amount int64) Money { return Money{Amount: amount, Currency: o.Currency} }

// PaidWith is what the order was paid with: its total, unless something
// else came, which staff decides on.
func (o Order) PaidWith() Money {
	if o.PaidAmount != nil {
		return Money{Amount: *o.PaidAmount, Currency: o.PaidCurrency}
	}
	return o.Price(o.Total)
}

// Refunded is how much of what was paid went back.
func (o Order) Refunded() Money {
	return Money{Amount: o.AmountRefunded, Currency: o.PaidWith().Currency}
}

// Quantity is how many pieces the order has.
func (o Order) Quantity() int64 {
	var pieces int64
	for _, item := range o.Items {
		pieces += item.Quantity
	}
	return pieces
}

// DiscountLabel is what the order's discount is called.
func (o Order) DiscountLabel() string {
	if o.DiscountCode != "" {
		return o.DiscountCode
	}
	return o.DiscountName
}

// TaxOnTop is the tax that is added to the order's other amounts.
func (o Order) TaxOnTop() int64 {
	if o.TaxIncluded {
		return 0
	}
	return o.Tax
}

// Open reports whether the order still waits for its payment.
func (o Order) Open() bool { return o.Status == OrderPending || o.Status == OrderAwaitingPayment }

// Paid reports whether the money arrived, whether or not some went back.
func (o Order) Paid() bool {
	return o.Status == OrderPaid || o.Status == OrderPartiallyRefunded || o.Status == OrderRefunded
}

// Address is a postal address as Stripe collects it.
type Address struct {
	Line1      string
	Line2      string
	City       string
	State      string
	PostalCode string
	Country    string // ISO 3166-1 alpha-2
}

// OrderItem is a line of an order, a snapshot that later changes of the
// product do not touch. Amounts are minor units of the order's currency.
type OrderItem struct {
	ID           int64
	OrderID      int64
	VariantID    int64
	ProductSlug  string
	Name         string
	VariantTitle string
	SKU          string `gorm:"column:sku"`
	PictureKey   string
	Quantity     int64
	Backordered  int64 // of Quantity, pieces that were not on hand when it was ordered
	Owed         int64 // of those, pieces that are not on hand still
	UnitPrice    int64
	Total        int64 // before the discount
	Discount     int64 // the line's share of the order's
	TaxRate      int64 // parts of a million
	Tax          int64 // on what is left after the discount
}

// OrderEvent is one line of an order's own history.
type OrderEvent struct {
	ID        int64
	OrderID   int64
	Kind      string // placed, paid, awaiting_payment, expired, …
	Actor     string // shopper, stripe, system, or a member of staff's mail address
	Detail    string
	CreatedAt time.Time
}

// The states of a checkout attempt.
const (
	AttemptCreating = "creating" // Stripe was or will be asked; no answer stored
	AttemptOpen     = "open"     // a session is open
	AttemptComplete = "complete" // the shopper finished the session
	AttemptExpired  = "expired"  // the session can no longer be paid
	AttemptFailed   = "failed"   // Stripe refused; there is no session
)

// CheckoutAttempt is one try to open a Checkout Session for an order. Its
// idempotency key and expiry are fixed before Stripe is asked, so that the
// same question can be asked again.
type CheckoutAttempt struct {
	ID              int64
	OrderID         int64
	IdempotencyKey  string
	Status          string
	ExpiresAt       time.Time // UTC, whole seconds, sent to Stripe
	StripeSessionID *string
	URL             string
	Error           string
	CreatedAt       time.Time
}

// StripeEvent is an event as it came in, kept after processing.
type StripeEvent struct {
	ID         string // Stripe's evt_…
	Type       string
	APIVersion string
	Livemode   bool
	Outcome    string
	Detail     string
	OrderID    *int64
	Deliveries int64 // how often it came
	Payload    []byte
	ReceivedAt time.Time
}

// The states of a mail.
const (
	EmailQueued = "queued"
	EmailSent   = "sent" // accepted by the mail server, or kept where there is none
	EmailFailed = "failed"
)

// EmailReceipt is the kind of the mail that confirms a paid order.
const EmailReceipt = "receipt"

// Email is a message to a shopper, written with the change that causes it
// and sent by a job.
type Email struct {
	ID        int64
	OrderID   int64
	Kind      string
	RefundID  *int64 // the refund it tells of
	MessageID string // without angle brackets; unique
	Recipient string
	Subject   string
	HTML      string `gorm:"column:html"`
	Text      string
	Status    string
	Attempts  int64 // that came to an end, a success or a fault
	LastError string
	Transport string // smtp or outbox, once sent
	SentAt    *time.Time
	CreatedAt time.Time
}

// Role says what a member of staff may do.
type Role string

// The roles, most powerful first.
const (
	RoleOwner      Role = "owner"
	RoleManager    Role = "manager"
	RoleFulfilment Role = "fulfilment"
	RoleViewer     Role = "viewer"
)

// SeesPersonalData reports whether the role may read what an event says of a
// shopper.
func (r Role) SeesPersonalData() bool { return r.Covers(RoleManager) }

// Covers reports whether the role may do what needs at least least.
func (r Role) Covers(least Role) bool {
	mine, needed := slices.Index(roles, r), slices.Index(roles, least)
	return mine >= 0 && needed >= 0 && mine <= needed
}

var roles = []Role{RoleOwner, RoleManager, RoleFulfilment, RoleViewer}

// Staff is a person who may use the admin.
type Staff struct {
	ID           int64
	Email        string // lower case
	PasswordHash string // argon2id
	Role         Role
	// SessionVersion grows with every new password; a session counts while it
	// has the same.
	SessionVersion int64
	CreatedAt      time.Time
	LastLoginAt    *time.Time
}

// TableName is the table of staff.
func (Staff) TableName() string { return "staff" }
