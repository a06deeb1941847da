package demo

func writing() []article {
	return []article{
		{
			slug: "cedar-pencils", name: "Six Cedar Pencils",
			summary: "Hexagonal HB pencils in scented cedar, lacquered in one colour and sharpened by hand.",
			description: paragraphs(
				"You will notice the cedar first, at the sharpener. Then the lead: dark, even and not easily broken, with the eraser at the other end doing what it says.",
				facts("6 pencils, grade HB", "19 cm, brass ferrule, natural rubber", "Incense cedar from certified forests", "In a folded card sleeve"),
			),
			collections: []string{"writing"}, featured: true, added: 200,
			sku: "WR-CEDAR", price: 1100, grams: 48,
			axes:  []axis{colour(tomato, mustard, forest)},
			stock: []int{80, 63, 29},
			alt:   "Six sharpened cedar pencils lacquered in %s, side by side", pictured: true,
			more: []shot{{"cup", "Cedar pencils in three colours standing in a stoneware cup"}},
		},
		{
			slug: "fountain-pen", name: "Harbour Fountain Pen",
			summary: "A light, well-balanced everyday pen with a steel nib that starts on the first stroke.",
			description: paragraphs(
				"We tried a drawer full of fountain pens and kept coming back to this shape: a plain barrel, a clip with some spring in it and a section that is kind to the fingers. The nib is stainless steel, polished by hand and tested on paper before it leaves the bench.",
				"Takes standard cartridges or the converter in the box. Posted, it balances just behind the thumb.",
				facts("13.8 cm capped, 21 g", "Turned resin, brass-plated trim", "Converter and one blue cartridge included", "Fine is about 0.4 mm, medium 0.6 mm, broad 0.9 mm"),
			),
			collections: []string{"writing", "desk"}, featured: true, added: 41,
			sku: "WR-HARBOUR", price: 6400, grams: 21,
			axes: []axis{colour(inkBlue, tomato, cream), nib(
				value{name: "Fine", code: "F"},
				value{name: "Medium", code: "M"},
				value{name: "Broad", code: "B"},
			)},
			stock: []int{14, 22, 9, 11, 17, 0, 8, 13, 1},
			alt:   "Harbour Fountain Pen in %s resin, uncapped, with its cap beside it", pictured: true,
			more: []shot{{"nib", "The steel nib of the Harbour Fountain Pen finishing a line of blue ink"}},
		},
		{
			slug: "bottled-ink", name: "Bottled Ink",
			summary: "Fifty millilitres of well-behaved fountain pen ink with a little depth in the shadows.",
			description: paragraphs(
				"Four colours that look like ink and not like a screen. Each shades gently from the start of a stroke to its end, flows in dry pens and washes out of wet ones.",
				"The bottle is low and heavy, so it stays upright, and its mouth is wide enough for a broad nib.",
				facts("50 ml, dye-based, pH neutral", "Glass bottle, aluminium lid", "Safe for every fountain pen we sell"),
			),
			collections: []string{"writing"}, added: 118,
			sku: "WR-INK", price: 1550, grams: 190,
			axes:  []axis{colour(inkBlue, forest, plum, tomato)},
			stock: []int{52, 33, 3, 28},
			alt:   "A low glass bottle of %s ink with a paper label", pictured: true,
			more: []shot{{"swatches", "Brushed swatches of the four inks on a sheet of cream paper"}},
		},
		{
			slug: "brass-rollerball", name: "Brass Rollerball",
			summary: "A slender pen turned from a single brass rod, bright now and browner every year.",
			description: paragraphs(
				"Unlacquered on purpose. It comes to you shining, picks up the marks of your pockets and hands, and after a winter looks like no one else's. A wipe with lemon brings the shine back if you miss it.",
				facts("14 cm, 34 g, solid brass", "Takes any standard rollerball refill, black 0.5 mm included", "In a cotton sleeve"),
			),
			collections: []string{"writing"}, added: 330,
			sku: "WR-BRASS", price: 4200, was: 4800, grams: 60,
			stock: []int{4},
			alt:   "A slender rollerball pen in polished brass on its cotton sleeve",
			more:  []shot{{"note", "The Brass Rollerball resting on a handwritten card"}},
		},
		{
			slug: "pencil-sharpener", name: "Wedge Sharpener",
			summary: "A solid brass wedge with a steel blade that turns out one long, unbroken curl.",
			description: paragraphs(
				"The size of a sugar lump and surprisingly heavy. The blade is set by hand at a shallow angle, for a long point, and can be changed with the smallest screwdriver you own.",
				facts("Solid brass, 25 × 15 × 11 mm", "Carbon steel blade, one spare in the box", "For pencils up to 8 mm"),
			),
			collections: []string{"writing", "desk"}, added: 290,
			sku: "WR-WEDGE", price: 900, grams: 30,
			stock: []int{76},
			alt:   "A brass wedge sharpener beside a sharpened pencil and a curl of cedar shaving",
		},
		{
			slug: "block-eraser", name: "Block Eraser",
			summary: "A soft white eraser in a card sleeve that lifts graphite and leaves the paper alone.",
			description: paragraphs(
				"Mistakes welcome. It gathers its crumbs into neat little rolls instead of scattering them, and the sleeve keeps your fingers clean and the corners square.",
				facts("60 × 24 × 12 mm", "Free of PVC and latex", "Card sleeve, printed with vegetable ink"),
			),
			collections: []string{"writing"}, added: 345,
			sku: "WR-ERASER", price: 300, grams: 22,
			stock: []int{80},
			alt:   "A white block eraser in a striped card sleeve, one corner rounded from use",
		},
	}
}
