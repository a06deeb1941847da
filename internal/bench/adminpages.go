package main

import (
	"context"
	"fmt"
	"time"

	"tuckshop/models"
)

// adminPage is a page of the admin.
type adminPage struct{ name, path string }

// adminPages are all pages of the admin, in the same order whatever the size.
// Lists are also opened deep: 10,000 pages of the large one.
func (s *shopOf) adminPages(ctx context.Context) ([]adminPage, error) {
	ids := map[string]int64{}
	for name, query := range map[string]string{
		"mail": "SELECT MAX(id) FROM emails", "text": "SELECT MIN(id) FROM pages", "zone": "SELECT MIN(id) FROM delivery_zones",
		"method": "SELECT MIN(id) FROM delivery_methods", "import": "SELECT MIN(id) FROM imports", "collection": "SELECT MAX(id) FROM collections",
		"product": "SELECT MAX(id) FROM products", "audit": "SELECT MAX(id) FROM audit_entries",
	} {
		id, err := s.number(ctx, query)
		if err != nil {
			return nil, err
		}
		ids[name] = id
	}
	span := s.orders.last - s.orders.first + 1
	deep := min(10_000*25, span/2)
	paid, err := s.number(ctx, "SELECT MAX(order_id) FROM payments WHERE role = 'order'")
	if err != nil {
		return nil, err
	}
	order := fmt.Sprintf("/admin/orders/%d", 1000+paid)
	at := time.Now().AddDate(0, 0, -int(365*deep/span)).UTC().Format(time.RFC3339)
	page := func(name, path string, args ...any) adminPage { return adminPage{name, fmt.Sprintf(path, args...)} }
	product := func(name, below string) adminPage {
		return page("product: "+name, "/admin/products/%d%s", ids["product"], below)
	}
	pages := []adminPage{
		page("overview", "/admin"),
		page("orders", "/admin/orders"),
		page("orders, 10,000 pages deep", "/admin/orders?before=%d", s.orders.last-deep),
		page("orders by mail", "/admin/orders?q=customer-77@example.com"),
		page("orders by the beginning of a mail", "/admin/orders?q=customer-7"),
		page("orders by number", "/admin/orders?q=%d", 1000+paid),
		page("orders by family name", "/admin/orders?q=family77"),
		page("orders by what nobody is called", "/admin/orders?q=nobody"),
		page("paid orders by the beginning of a name", "/admin/orders?q=ada&status=paid"),
		page("order", "%s", order),
		page("refund", "%s/refund", order),
		page("events", "/admin/events"),
		page("events, 10,000 pages deep", "/admin/events?before=%s&before_id=z", at),
		page("events by id", "/admin/events?q=evt_history_%d", s.orders.last),
		page("events by type", "/admin/events?q=checkout.session.completed"),
		page("events by a type that never came", "/admin/events?q=charge.dispute"),
		page("event", "/admin/events/evt_history_%d", s.orders.last),
		page("products", "/admin/products"),
		page("products, the last page but one", "/admin/products?page=%d", max(s.products/25-1, 1)),
		page("products by name", "/admin/products?q=notebook"),
		page("products that are drafts", "/admin/products?status=draft"),
		product("editor", ""), product("preview", "/preview"), product("stock", "/stock"), product("prices", "/prices"), product("pictures", "/pictures"),
		page("new product", "/admin/new/product"),
		page("collections", "/admin/collections"),
		page("collection", "/admin/collections/%d", ids["collection"]),
		page("collection: delete", "/admin/collections/%d/delete", ids["collection"]),
		page("new collection", "/admin/new/collection"),
		page("discounts", "/admin/discounts"), page("new discount", "/admin/discounts/new"),
		page("delivery", "/admin/delivery"), page("delivery zone", "/admin/delivery/zones/%d", ids["zone"]),
		page("new delivery zone", "/admin/delivery/zones/new"), page("delivery method", "/admin/delivery/methods/%d", ids["method"]),
		page("new delivery method", "/admin/delivery/zones/%d/methods/new", ids["zone"]), page("new pickup", "/admin/delivery/pickups/new"),
		page("tax", "/admin/tax"),
		page("identity", "/admin/settings/identity"), page("look", "/admin/settings/look"), page("look: preview", "/admin/settings/look/preview"),
		page("home", "/admin/settings/home"), page("home: preview", "/admin/settings/home/preview"),
		page("menu", "/admin/settings/menus/header"),
		page("texts", "/admin/pages"), page("text", "/admin/pages/%d", ids["text"]), page("new text", "/admin/new/page"),
		page("imports", "/admin/import"), page("import", "/admin/import/%d", ids["import"]),
		page("searches", "/admin/searches"), page("searches in vain", "/admin/searches?found=nothing"),
		page("mail", "/admin/mail"), page("mail, 10,000 pages deep", "/admin/mail?before=%d", ids["mail"]-deep), page("a mail", "/admin/mail/%d", ids["mail"]),
		page("jobs", "/admin/jobs"), page("jobs that are done", "/admin/jobs?state=completed"),
		page("audit", "/admin/audit"), page("audit, half way down", "/admin/audit?before=%d", ids["audit"]/2),
		page("audit, an action", "/admin/audit?action=refund"), page("audit, an action that never was", "/admin/audit?action=page_deleted"),
		page("account", "/admin/account"),
		page("doctor", "/admin/doctor"),
	}
	for _, status := range models.OrderStatuses {
		pages = append(pages, page("orders, "+string(status), "/admin/orders?status=%s", status))
	}
	for _, outcome := range []string{"paid", "expired", "duplicate_payment", "refund", "dispute"} {
		pages = append(pages, page("events, "+outcome, "/admin/events?outcome=%s", outcome))
	}
	return pages, nil
}
