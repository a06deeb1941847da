package demo

// Page is a text of the shop's own. Body is Markdown; Policy says which of the
// texts that the law asks for it is, and is empty for any other.
type Page struct{ Slug, Title, Policy, Description, Body string }

// Pages returns the texts of the demo shop.
func Pages() []Page {
	return []Page{
		{
			"about", "About us", "", "Who we are, and why a stationer sells biscuits.",
			paragraphs(
				"Tuckshop began with a drawer. It held three good pencils, a notebook that opened flat and a tin of ginger biscuits, and it made a grey office bearable. We thought that other desks might like one.",
				"We are five people in two rooms above a bakery. We choose everything ourselves, use it for a month before we sell it, and stop selling it when it disappoints us.",
				"## What we look for",
				facts("Things that can be mended, refilled or sharpened", "Makers we can ring up", "Paper that likes fountain pens", "Sweets that we would hide from each other"),
				"## Come and say hello",
				"Write to us whenever you like. We answer on working days, usually before the kettle has boiled.",
			),
		},
		{
			"questions", "Questions people ask", "", "Short answers about paper, ink, parcels and payment.",
			paragraphs(
				"## Is your paper good with fountain pens?",
				"Yes. All our notebooks have paper of 90 g/m² or more. Ink dries in some seconds and does not show on the other side.",
				"## Which refills fit?",
				"The page of each pen says so. Our ink comes in bottles; the fountain pen takes it with the converter that is in its box.",
				"## Can you wrap it as a present?",
				"Everything comes in tissue paper as it is. Leave us a note, and we add a card in our best hand.",
				"## Do I need an account?",
				"No. You get a receipt by mail, with a link to your order. It works for as long as we keep the order.",
			),
		},
		{
			"delivery", "Delivery", "delivery", "How we send things, how long it takes and what it costs.",
			paragraphs(
				"Within the United States our standard delivery costs you nothing. For everywhere else, and for express, your cart shows the price before you pay.",
				"## When it comes",
				facts("Standard parcels within the United States take three to five business days, express ones one or two", "Parcels to Canada take four to eight business days", "Airmail to Europe takes five to ten business days, to Australia and New Zealand seven to fourteen"),
				"## If it does not come",
				"Tell us when it is late, and we look for it. If it is lost, we send everything again or give you your money back, whichever you like.",
			),
		},
		{
			"returns", "Returns", "returns", "Thirty days to change your mind.",
			paragraphs(
				"You have 30 days from the day your parcel came to change your mind, and you need no reason.",
				"## How to send something back",
				facts("Write to us with your order’s number", "Pack it well: the box it came in is fine", "Send it to the address in our imprint"),
				"We pay the money back within 14 days after the parcel is here, by the same way you paid. What was opened and is meant to be eaten stays with you: enjoy it.",
				"## If something is broken",
				"Send us a picture. We send a new one at once, and you need not send the old one back.",
			),
		},
		{
			"terms", "Terms", "terms", "What you and we agree on when you order.",
			paragraphs(
				"These terms hold for every order in this shop.",
				"## The contract",
				"Your order is an offer. It becomes a contract when we confirm it by mail. If we cannot send something, we tell you and pay it back.",
				"## Prices and payment",
				"All prices include tax and delivery. You pay on a page of Stripe; we never see the number of your card.",
				"## If something is wrong",
				"You have all the rights that the law gives you when something is broken or is not what we said.",
				"*This is the demo of a shop. A real shop puts its own terms here.*",
			),
		},
		{
			"privacy", "Privacy", "privacy", "What we know of you, and what we do with it.",
			paragraphs(
				"We keep what we need to send your parcel and to keep our books, and nothing else.",
				"## What we keep",
				facts("What you ordered, your name, address and mail address", "What you paid, as Stripe tells us; not your card", "A cookie that remembers your cart for 30 days"),
				"There are no advertisements here, no measuring of what you read, and no cookies for either.",
				"## Who else sees it",
				"Stripe, which takes the payment, and the carrier, who needs your address. Nobody else.",
				"## Your rights",
				"Ask us what we know of you, and we send it. Ask us to forget you, and we do, but for what the law makes us keep.",
			),
		},
		{
			"imprint", "Imprint", "imprint", "Who runs this shop.",
			paragraphs(
				"Tuckshop Stationers\n\n3 Bakery Lane, first floor\n\nLittle Penning PN1 2EN",
				"Mail: hello@tuckshop.example",
				"*This shop is a demo: there is no such house, and no money moves.*",
			),
		},
	}
}

// story is the text on the demo's front page.
var story = struct{ Heading, Text, Button, Page, Picture, Alt string }{
	"A drawer worth opening",
	"It began with three good pencils, a notebook that opened flat and a tin of ginger biscuits. We still choose everything that way: by keeping it on our own desks for a month.\n\nWhat we would miss goes into the shop.",
	"Who we are", "about", "canvas-tote-packed", "A natural Canvas Tote packed with notebooks, a rolled paper and a sprig of green",
}
