package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// anyone marks what needs no login.
const anyone models.Role = ""

// adminNeeds is what each route of the admin needs at least, written down a
// second time: a new route has to be thought about here too.
var adminNeeds = map[string]models.Role{
	"GET /admin/login":                       anyone,
	"POST /admin/login":                      anyone,
	"GET /admin/setup":                       anyone,
	"POST /admin/setup":                      anyone,
	"POST /admin/logout":                     models.RoleViewer,
	"GET /admin/account":                     models.RoleViewer,
	"POST /admin/account":                    models.RoleViewer,
	"GET /admin":                             models.RoleViewer,
	"GET /admin/":                            models.RoleViewer,
	"GET /admin/orders":                      models.RoleViewer,
	"GET /admin/orders/:number":              models.RoleViewer,
	"GET /admin/orders/:number/refund":       models.RoleManager,
	"POST /admin/orders/:number/refund":      models.RoleManager,
	"POST /admin/orders/:number/review":      models.RoleManager,
	"GET /admin/events":                      models.RoleViewer,
	"GET /admin/events/:id":                  models.RoleViewer,
	"POST /admin/events/:id/replay":          models.RoleManager,
	"GET /admin/doctor":                      models.RoleManager,
	"POST /admin/doctor":                     models.RoleManager,
	"GET /admin/products":                    models.RoleViewer,
	"GET /admin/new/product":                 models.RoleManager,
	"POST /admin/products":                   models.RoleManager,
	"GET /admin/products/:id":                models.RoleViewer,
	"POST /admin/products/:id":               models.RoleManager,
	"GET /admin/products/:id/preview":        models.RoleViewer,
	"GET /admin/products/:id/stock":          models.RoleViewer,
	"GET /admin/products/:id/prices":         models.RoleViewer,
	"POST /admin/products/:id/duplicate":     models.RoleManager,
	"GET /admin/products/:id/pictures":       models.RoleViewer,
	"POST /admin/products/:id/pictures":      models.RoleManager,
	"POST /admin/products/:id/pictures/save": models.RoleManager,
	"POST /admin/products/:id/archive":       models.RoleManager,
	"GET /admin/collections":                 models.RoleViewer,
	"GET /admin/new/collection":              models.RoleManager,
	"POST /admin/collections":                models.RoleManager,
	"GET /admin/collections/:id":             models.RoleViewer,
	"POST /admin/collections/:id":            models.RoleManager,
	"GET /admin/collections/:id/delete":      models.RoleManager,
	"POST /admin/collections/:id/delete":     models.RoleManager,
	"GET /admin/settings/identity":           models.RoleViewer,
	"POST /admin/settings/identity":          models.RoleManager,
	"POST /admin/settings/logo":              models.RoleManager,
	"GET /admin/settings/look":               models.RoleViewer,
	"POST /admin/settings/look":              models.RoleManager,
	"GET /admin/settings/look/preview":       models.RoleViewer,
	"GET /admin/settings/look/theme.css":     models.RoleViewer,
	"GET /admin/settings/home":               models.RoleViewer,
	"POST /admin/settings/home":              models.RoleManager,
	"GET /admin/settings/home/preview":       models.RoleViewer,
	"POST /admin/settings/home/publish":      models.RoleManager,
	"POST /admin/settings/home/discard":      models.RoleManager,
	"GET /admin/settings/sections/:id":       models.RoleViewer,
	"POST /admin/settings/sections/:id":      models.RoleManager,
	"POST /admin/settings/sections/:id/move": models.RoleManager,
	"GET /admin/settings/menus/:menu":        models.RoleViewer,
	"POST /admin/settings/menus/:menu":       models.RoleManager,
	"GET /admin/pages":                       models.RoleViewer,
	"GET /admin/new/page":                    models.RoleManager,
	"POST /admin/pages":                      models.RoleManager,
	"GET /admin/pages/:id":                   models.RoleViewer,
	"POST /admin/pages/:id":                  models.RoleManager,
	"GET /admin/pages/:id/preview":           models.RoleViewer,
	"GET /admin/pages/:id/delete":            models.RoleManager,
	"POST /admin/pages/:id/delete":           models.RoleManager,
	"GET /admin/import":                      models.RoleManager,
	"POST /admin/import":                     models.RoleManager,
	"GET /admin/import/:id":                  models.RoleManager,
	"POST /admin/import/:id/start":           models.RoleManager,
	"POST /admin/import/:id/cancel":          models.RoleManager,
	"GET /admin/import/:id/failed.csv":       models.RoleManager,
	"GET /admin/products.csv":                models.RoleManager,
	"GET /admin/orders.csv":                  models.RoleManager,
	"GET /admin/searches":                    models.RoleViewer,
	"POST /admin/searches/clear":             models.RoleManager,
	"GET /admin/mail":                        models.RoleViewer,
	"GET /admin/mail/:id":                    models.RoleViewer,
	"GET /admin/mail/:id/html":               models.RoleViewer,
	"GET /admin/jobs":                        models.RoleViewer,
	"POST /admin/jobs/:id/retry":             models.RoleFulfilment,
	"GET /admin/audit":                       models.RoleManager,
	"GET /admin/discounts":                   models.RoleViewer,
	"POST /admin/discounts/new":              models.RoleManager,
	"GET /admin/discounts/new":               models.RoleManager,
	"GET /admin/discounts/:id":               models.RoleManager,
	"POST /admin/discounts/:id":              models.RoleManager,
	"POST /admin/discounts/:id/switch":       models.RoleManager,

	"GET /admin/delivery":                        models.RoleViewer,
	"POST /admin/delivery":                       models.RoleManager,
	"GET /admin/delivery/zones/new":              models.RoleManager,
	"POST /admin/delivery/zones/new":             models.RoleManager,
	"GET /admin/delivery/zones/:id":              models.RoleManager,
	"POST /admin/delivery/zones/:id":             models.RoleManager,
	"POST /admin/delivery/zones/:id/delete":      models.RoleManager,
	"GET /admin/delivery/zones/:id/methods/new":  models.RoleManager,
	"POST /admin/delivery/zones/:id/methods/new": models.RoleManager,
	"GET /admin/delivery/pickups/new":            models.RoleManager,
	"POST /admin/delivery/pickups/new":           models.RoleManager,
	"GET /admin/delivery/methods/:id":            models.RoleManager,
	"POST /admin/delivery/methods/:id":           models.RoleManager,
	"POST /admin/delivery/methods/:id/delete":    models.RoleManager,
	"GET /admin/tax":                             models.RoleViewer,
	"POST /admin/tax":                            models.RoleManager,
}

var roles = []models.Role{models.RoleOwner, models.RoleManager, models.RoleFulfilment, models.RoleViewer}

// covers is what a role may, written down a second time.
func covers(role, least models.Role) bool {
	return slices.Index(roles, role) <= slices.Index(roles, least)
}

// TestEveryAdminRouteAsksForItsRole walks every route of the admin with every
// verb, without a login and as each role.
func TestEveryAdminRouteAsksForItsRole(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		staff := map[models.Role]*apptest.Browser{}
		for _, role := range roles {
			staff[role] = app.Staff(role)
		}
		stranger := app.Browser()
		paths := []string{"/admin/nothing", "/admin/orders/1/2"} // and what is no route
		for _, route := range app.Routes() {
			if !strings.HasPrefix(route.Path, "/admin") || route.Method == "echo_route_not_found" {
				continue
			}
			if _, known := adminNeeds[strings.Replace(route.Method, http.MethodHead, http.MethodGet, 1)+" "+route.Path]; !known {
				t.Errorf("%s %s is in nobody's list", route.Method, route.Path)
			}
			if !slices.Contains(paths, route.Path) {
				paths = append(paths, route.Path)
			}
		}
		if len(paths) < 15 {
			t.Fatalf("found the routes %q alone", paths)
		}
		for _, path := range paths {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
				least, known := adminNeeds[strings.Replace(method, "HEAD", "GET", 1)+" "+path]
				address := strings.NewReplacer(":number", "1001", ":id", "1").Replace(path)

				got := stranger.Do(method, address)
				toLogin := got.Status == http.StatusSeeOther && strings.HasPrefix(got.Location, "/admin/login")
				if open := known && least == anyone; toLogin == open {
					t.Errorf("a stranger: %s %s: %d %s", method, path, got.Status, got.Location)
				}
				if got.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("a stranger: %s %s may be kept: %q", method, path, got.Header.Get("Cache-Control"))
				}
				for _, role := range roles {
					if path == "/admin/logout" && method == "POST" {
						continue // it would end the walk
					}
					got := staff[role].Do(method, address)
					switch {
					case !known && got.Status != http.StatusNotFound:
						t.Errorf("%s: %s %s is no route: %d", role, method, path, got.Status)
					case !known || least == anyone:
					case covers(role, least) == (got.Status == http.StatusForbidden) || strings.HasPrefix(got.Location, "/admin/login"):
						t.Errorf("%s: %s %s: %d %s", role, method, path, got.Status, got.Location)
					}
				}
			}
		}
		for _, role := range roles {
			if got := staff[role].Get("/admin/"); got.Status != http.StatusPermanentRedirect || got.Location != "/admin" {
				t.Errorf("%s: /admin/: %d %s", role, got.Status, got.Location)
			}
			page := staff[role].Get("/admin").Body
			if offered := strings.Contains(page, `href="/admin/audit"`); offered != covers(role, models.RoleManager) {
				t.Errorf("%s: the audit log is offered: %t", role, offered)
			}
			if got := staff[role].Post("/admin/logout"); got.Status != http.StatusSeeOther || got.Location != "/admin/login" {
				t.Errorf("%s: log out: %d %s", role, got.Status, got.Location)
			}
			if got := staff[role].Get("/admin"); got.Status != http.StatusSeeOther {
				t.Errorf("%s: after the logout: %d", role, got.Status)
			}
		}
		if page := app.Staff(models.RoleViewer).Get("/admin/audit"); !strings.Contains(page.Body, "not part of your role") {
			t.Errorf("who may not is told\n%s", page.Body)
		}
	})
}
