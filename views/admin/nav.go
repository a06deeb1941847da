package admin

// menu is a part of the admin's navigation: entries in a row, or folded under a
// name.
type menu struct {
	Label   string // empty: not folded
	Entries []menuEntry
}

type menuEntry struct{ Path, Label string }

// adminMenus are what staff need every day, what they set up, and what they look
// after.
var adminMenus = [...]menu{
	{"", []menuEntry{
		{"/admin", "Overview"}, {"/admin/orders", "Orders"}, {"/admin/products", "Products"}, {"/admin/collections", "Collections"},
		{"/admin/discounts", "Discounts"},
	}},
	{"Settings", []menuEntry{
		{"/admin/settings/identity", "Your shop"}, {"/admin/delivery", "Delivery"}, {"/admin/tax", "Tax"}, {"/admin/account", "Account"},
	}},
	{"More", []menuEntry{
		{"/admin/searches", "Searches"}, {"/admin/mail", "Mail"}, {"/admin/events", "Events"}, {"/admin/jobs", "Jobs"},
		{"/admin/doctor", "Doctor"}, {"/admin/audit", "Audit"},
	}},
}

// holds reports whether an entry of the menu is the page's own.
func (m menu) holds(section string) bool {
	for _, entry := range m.Entries {
		if entry.Path == section {
			return true
		}
	}
	return false
}
