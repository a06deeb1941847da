package handlers_test

import (
	"net/http"
	"strings"
)

// drawer looks at the cart beside a product.
func (w walk) drawer() {
	w.Open(w.app.URL + "/products/linen-journal")
	w.Press("#add-to-cart")
	w.Await(`document.querySelector(".drawer[open] .line")`)
	w.look("product with the cart's drawer")
	w.Fill(".drawer input[inputmode=numeric]", "lots")
	w.Press(".drawer .line form:has(input[inputmode=numeric]) button")
	w.Await(`document.querySelector(".drawer .faults")`)
	w.look("product with a fault in the drawer")
	w.Press(".drawer button[value='0']")
	w.Await(`document.querySelector(".drawer .lead")`)
	w.look("product with an empty drawer")
}

// shared looks at what is said of a note, at a shared cart, and at the cart of
// somebody who takes one.
func (w walk) shared() {
	w.Press(".sum summary")
	w.Evaluate(`void document.querySelector("#note").removeAttribute("maxlength")`)
	w.Fill("#note", strings.Repeat("Please wrap it well. ", 30))
	w.check("status", w.Click(`button[formaction="/cart/note"]`), http.StatusUnprocessableEntity)
	w.look("cart with a note that is too long")
	w.Fill("#note", "Please wrap it well.\nIt is a present.")
	w.Click(`button[formaction="/cart/note"]`)
	w.look("cart with a note")
	w.Click(`form[action="/cart/share"] button`)
	w.look("shared cart just made")
	link := w.Evaluate(`document.querySelector("#link").value`)
	w.Open(w.app.URL + "/cart")
	w.Click(`form[action="/cart/accept"] button`)
	w.look("cart after accepting")
	w.Open(link)
	w.look("shared cart")
	w.Click("#take")
	w.look("cart filled from a shared one")
}
