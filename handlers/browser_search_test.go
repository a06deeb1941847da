package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models/modelstest"
)

// TestSearchJourney finds something by a misspelt word, narrows what was found
// and puts it into the cart, with the pages' script and without it.
func TestSearchJourney(t *testing.T) {
	chromium := browsertest.New(t)
	for name, script := range map[string]bool{"script": true, "no script": false} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
				j := journey{t, app, chromium.Tab(t, script), script}
				j.searches()
				j.narrows()
				if script {
					j.isOfferedWhatSheTypes()
				}
			})
		})
	}
}

func (j journey) searches() {
	j.t.Helper()
	j.Open(j.app.URL + "/")
	j.Fill("#q", "typewriter")
	j.check("nothing found", j.Click(".find button"), http.StatusOK)
	j.contains("main", "Nothing fits")
	j.check("kept", j.Evaluate(`document.querySelector("#q").value`), "typewriter")
	j.Fill("#q", "nptebook")
	j.Click(".find button")
	j.at("/search?q=nptebook")
	j.contains(".instead", "notebook")
	j.Click(".instead a")
	j.at("/search?q=notebook")
}

// cards are the products on the page.
func (j journey) cards() []string {
	j.t.Helper()
	return strings.Fields(j.Evaluate(`[...document.querySelectorAll("[data-product]")].map(e => e.dataset.product).join(" ")`))
}

func (j journey) narrows() {
	j.t.Helper()
	all := j.cards()
	const filters = `String(document.querySelector(".facet input").checkVisibility())`
	j.Size(1280, "light")
	j.check("filters beside the list", j.Evaluate(filters), "true")
	j.Size(360, "light")
	j.check("filters folded on a phone", j.Evaluate(filters), "false")
	j.Press("main summary")
	j.check("filters unfolded", j.Evaluate(filters), "true")
	count := j.Evaluate(`document.querySelector(".facet label [aria-hidden]").textContent`)
	label := j.Evaluate(`document.querySelector(".facet label > span").firstChild.textContent.trim()`)
	j.Press(".facet label")
	j.Fill("#sort", "price-asc")
	j.Click(".filters .show")
	j.check("as many as it said", j.Evaluate(`String(document.querySelectorAll("[data-product]").length)`), count)
	j.check("chosen", j.Evaluate(`String(document.querySelector(".facet input").checked)`), "true")
	j.check("sort kept", j.Evaluate(`document.querySelector("#sort").value`), "price-asc")
	j.check("query kept", j.Evaluate(`document.querySelector("#q").value`), "notebook")
	j.contains(".found .chip", label)
	state := j.Location()
	narrowed := j.cards()
	j.Open(state)
	j.check("the address restores it", strings.Join(j.cards(), " "), strings.Join(narrowed, " "))
	j.Click(".found .chip")
	j.at("/search?q=notebook&sort=price-asc")
	again := j.cards()
	slices.Sort(again)
	slices.Sort(all)
	j.check("without it", strings.Join(again, " "), strings.Join(all, " "))
}

func (j journey) isOfferedWhatSheTypes() {
	j.t.Helper()
	j.Open(j.app.URL + "/")
	j.check("a combobox", j.Attribute("#q", "role"), "combobox")
	j.Fill("#q", "sketchb")
	j.check("suggestions", j.Text("#suggested li"), "Kraft Sketchbook")
	j.check("open", j.Attribute("#q", "aria-expanded"), "true")
	j.check("chosen by key", j.Evaluate(`(() => {
		const field = document.querySelector("#q");
		field.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", cancelable: true}));
		return document.getElementById(field.getAttribute("aria-activedescendant")).getAttribute("aria-selected");
	})()`), "true")
	j.Look("suggestions")
	j.check("closed by key", j.Evaluate(`(() => {
		document.querySelector("#q").dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", cancelable: true}));
		return String(document.querySelector("#suggested").hidden);
	})()`), "true")
}
