package demo

func carry() []article {
	return []article{
		{
			slug: "canvas-tote", name: "Canvas Tote",
			summary: "A heavy canvas bag with a flat bottom and handles long enough for a winter coat.",
			description: paragraphs(
				"Stands up by itself while you pack it. The canvas is heavy and close-woven, the seams are bound and the handles are sewn right down the sides, so the library may be generous.",
				facts("38 × 40 × 12 cm, handles 62 cm", "Organic cotton, 480 g/m²", "Inner pocket for keys and a Field Notebook", "Washes at 30 °C, shrinks a touch"),
			),
			collections: []string{"carry"}, featured: true, added: 17,
			sku: "CA-TOTE", price: 3200, grams: 410,
			axes:  []axis{colour(natural, inkBlue, mustard)},
			stock: []int{49, 23, 11},
			alt:   "Canvas Tote in %s with long handles and a small stitched label", pictured: true,
			more: []shot{{"packed", "A natural Canvas Tote packed with notebooks, a rolled paper and a sprig of green"}},
		},
		{
			slug: "pencil-roll", name: "Waxed Pencil Roll",
			summary: "Twelve slots in waxed cotton that roll up around your pencils and tie with a thong.",
			description: paragraphs(
				"Waxed cotton shrugs off rain and takes on creases like an old map. Twelve slots hold pencils, brushes and a ruler; the flap on top keeps them there on the bus.",
				facts("Rolled 22 × 6 cm, open 22 × 34 cm", "Waxed cotton, leather thong", "Wipe clean and rewax once a year"),
			),
			collections: []string{"carry", "writing"}, added: 150,
			sku: "CA-ROLL", price: 3600, grams: 140,
			axes:  []axis{colour(forest, charcoal)},
			stock: []int{0, 0},
			alt:   "A rolled pencil case in %s waxed cotton, tied with a leather thong", pictured: true,
			more: []shot{{"open", "The Waxed Pencil Roll laid open with a row of coloured pencils in its slots"}},
		},
		{
			slug: "zip-pouch", name: "Zip Pouch",
			summary: "A flat canvas pouch with a brass zip, for the small things that travel loose.",
			description: paragraphs(
				"Cables, receipts, a lip balm, four pens. The zip runs round the corner, so the mouth opens wide, and the lining is pale enough to see into.",
				facts("Small 20 × 13 cm, large 26 × 18 cm", "Cotton canvas, 340 g/m², brass zip", "Leather pull"),
			),
			collections: []string{"carry"}, added: 88,
			sku: "CA-POUCH", price: 1400, grams: 60,
			axes: []axis{colour(plum, mustard, inkBlue), size(
				value{name: "Small", code: "S"},
				value{name: "Large", code: "L", price: 500, grams: 30},
			)},
			stock: []int{25, 14, 37, 0, 19, 4},
			alt:   "A flat canvas pouch in %s with a brass zip and a leather pull", pictured: true,
			more: []shot{{"pair", "A small and a large Zip Pouch, one open with pencils showing"}},
		},
		{
			slug: "leather-folio", name: "Leather Folio",
			summary: "A soft A5 cover in vegetable-tanned leather that will see many notebooks come and go.",
			description: paragraphs(
				"Cut from one piece and stitched by hand with linen thread. Slip in a Field Notebook or a Linen Journal, two cards and a letter, and wrap the strap once round.",
				"The leather darkens where you hold it. We think that is the point.",
				facts("For books up to A5, 16 × 22.5 cm closed", "Vegetable-tanned cowhide, 1.8 mm", "Waxed linen thread, brass stud"),
			),
			collections: []string{"carry", "notebooks"}, added: 52,
			sku: "CA-FOLIO", price: 12000, was: 14000, grams: 310,
			axes:  []axis{colour(tan, charcoal)},
			stock: []int{10, 6},
			alt:   "A stitched A5 folio in %s leather with a strap and a brass stud", pictured: true,
			more: []shot{{"open", "The Leather Folio open, a notebook in the right flap and cards in the left"}},
		},
	}
}
