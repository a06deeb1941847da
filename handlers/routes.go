package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"tuckshop/static"
)

// WebhookPath is where Stripe calls. It is the one unsafe route that takes
// requests from other origins.
const WebhookPath = "/webhooks/stripe"

// routes is the table of the shop. It returns what is to be done after the last
// request.
func routes(e *echo.Echo, c Config, frames *frames) (finish func(context.Context)) {
	limits := newLimits(c.RateLimits, c.Now)
	metrics := newMetrics(c)
	terms := newSearchTerms(c)
	shop := storefront{store: c.Store, frames: frames, pages: newPageCache(), terms: terms}
	carts := carts{store: c.Store, frames: frames}
	checkout := checkout{store: c.Store, payments: c.Payments, frames: frames, carts: carts, log: c.Logger}
	orders := orders{store: c.Store, frames: frames}
	refusals := newRefusals(c.Now)
	hooks := webhooks{store: c.Store, verifier: c.Verifier, refusals: refusals, metrics: metrics, log: c.Logger}
	machines := machines{
		store: c.Store, frames: frames, log: c.Logger, scrape: metrics.handler, allow: c.MetricsAllow, exports: make(chan struct{}, exportsAtOnce),
		mark: documentMark(c),
	}

	previews := previews{store: c.Store, frames: frames, maker: c.Previews}

	e.Use(metrics.measure, recoverPanics(c.Logger), securityHeaders(c), crossOrigin(c), textOnly)

	get := func(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.GET(path, h, m...)
		e.HEAD(path, h, m...)
	}
	get("/", shop.home)
	get("/products", shop.list)
	get("/products/:slug", shop.product)
	get("/collections/:slug", shop.collection)
	get("/search", shop.search, limits.byAddress("search"))
	get("/pages/:slug", shop.text)
	get("/theme.css", shop.theme)
	get("/search/suggest", shop.suggest, limits.byAddress("search"))

	get("/cart", carts.show)
	e.POST("/cart/items", carts.add, limits.byAddress("cart"))
	e.POST("/cart/items/:variant_id", carts.set, limits.byAddress("cart"))
	e.POST("/cart/discount", carts.discount, limits.byAddress("discount"))
	e.POST("/cart/delivery", carts.deliver, limits.byAddress("cart"))

	e.POST("/cart/note", carts.note, limits.byAddress("cart"))
	e.POST("/cart/accept", carts.accept, limits.byAddress("cart"))
	e.POST("/cart/share", carts.share, limits.byAddress("cart"))
	get("/shared-carts/:token", carts.shared)
	e.POST("/shared-carts/:token", carts.takeShared, limits.byAddress("cart"))

	e.POST("/buy-now", checkout.buyNow, limits.byAddress("checkout"))
	e.POST("/checkout", checkout.start, limits.byAddress("checkout"))
	get("/checkout/success", checkout.success)
	get("/checkout/cancel", checkout.cancel)

	get("/orders/lookup", orders.lookupForm)
	e.POST("/orders/lookup", orders.lookup, limits.byAddress("lookup"))
	get("/orders/:token", orders.show)

	e.POST(WebhookPath, hooks.stripe)
	e.OPTIONS(WebhookPath, func(echo.Context) error { return echo.ErrMethodNotAllowed }) // Echo's own answer is 204

	get("/healthz", machines.health)
	get("/readyz", machines.ready)
	get("/metrics", machines.metrics)
	get("/robots.txt", machines.robots)
	get("/sitemap.xml", machines.sitemap, limits.byAddress("sitemap"))
	get("/sitemaps/:file", machines.sitemapPart, limits.byAddress("sitemap"))
	get("/feeds/google.xml", machines.google, limits.byAddress("feed"))
	get("/feeds/meta.csv", machines.meta, limits.byAddress("feed"))
	get("/feeds/new.xml", machines.newProducts)
	get("/llms.txt", machines.llms)
	get("/favicon.ico", machines.favicon)

	get("/static/*", echo.WrapHandler(static.Handler()))
	get("/previews/shop/:file", previews.shop, limits.byAddress("preview"))
	get("/previews/collections/:slug/:file", previews.collection, limits.byAddress("preview"))
	get("/previews/products/:slug/:file", previews.product, limits.byAddress("preview"))
	get("/media/:file", media{pictures: c.Pictures}.serve)

	adminRoutes(e, c, frames, limits, refusals, terms)
	return terms.write
}
