package demo

func notebooks() []article {
	return []article{
		{
			slug: "field-notebook", name: "Field Notebook",
			summary: "A cloth-bound pocket companion with an elastic band and paper that takes ink well.",
			description: paragraphs(
				"Made for the coat pocket and the train table. The sewn spine opens flat from the first page to the last, the corners are rounded so that they stay that way, and the ribbon is long enough to find.",
				"The paper is cream rather than white and smooth without being slippery. A fountain pen dries in a breath and does not show through.",
				facts("192 pages of 90 g/m² cream paper", "13 × 21 cm, 16 mm thick", "Book cloth over board, woven elastic, ribbon marker", "A pocket for tickets inside the back cover"),
			),
			collections: []string{"notebooks", "carry"}, featured: true, added: 24,
			sku: "NB-FIELD", price: 1400, grams: 260,
			axes:  []axis{colour(tomato, inkBlue, forest, mustard), ruling(dotGrid, lined, plain)},
			stock: []int{64, 48, 22, 71, 55, 18, 36, 3, 12, 40, 27, 0},
			alt:   "Field Notebook bound in %s cloth, closed with its elastic band", pictured: true,
			more: []shot{
				{"open", "An open Field Notebook with dotted pages, a ribbon marker and a pencil in the fold"},
				{"stack", "Four Field Notebooks in a stack: mustard, forest, ink blue and tomato"},
			},
		},
		{
			slug: "linen-journal", name: "Linen Journal",
			summary: "A generous desk journal in washed linen, for long sentences and slow mornings.",
			description: paragraphs(
				"The one that stays on the table. Washed linen wears softly at the corners and gets nicer with every year it is opened; the title plate on the front is blind-debossed, so you may name the book or leave it a secret.",
				"Thread-sewn in sixteen sections, with headbands, and two ribbons for those of us who are always in two places at once.",
				facts("256 pages of 100 g/m² paper from Scottish mills", "A5, 14.8 × 21 cm", "Linen from Belgium, water-based glue", "Two ribbon markers"),
			),
			collections: []string{"notebooks"}, added: 140,
			sku: "NB-LINEN", price: 2600, grams: 430,
			axes:  []axis{colour(plum, cream, charcoal), ruling(lined, dotGrid)},
			stock: []int{31, 26, 44, 2, 19, 0},
			alt:   "Linen Journal in %s, closed, with a debossed title plate and two ribbons", pictured: true,
			more: []shot{{"spine", "Three Linen Journals standing side by side, their linen spines to the front"}},
		},
		{
			slug: "pocket-trio", name: "Pocket Trio",
			summary: "Three slim stitched notebooks in a paper band: one to keep, one to lend, one to lose.",
			description: paragraphs(
				"Thin enough for a shirt pocket and quick to fill, which is half the pleasure. Every set holds one notebook each in mustard, blush and sage.",
				"The covers are uncoated card, so they take a pencilled title and a coffee ring equally well.",
				facts("3 × 48 pages of 80 g/m² recycled paper", "9 × 14 cm", "Stitched with waxed thread"),
			),
			collections: []string{"notebooks", "carry"}, added: 260,
			sku: "NB-TRIO", price: 1200, grams: 150,
			axes:  []axis{ruling(lined, plain)},
			stock: []int{58, 34},
			alt:   "Three slim notebooks in mustard, blush and sage, held by a paper band",
			more:  []shot{{"fanned", "The three Pocket Trio notebooks fanned out, showing their stitched spines"}},
		},
		{
			slug: "reporter-pad", name: "Reporter's Pad",
			summary: "A top-bound pad with a stiff back: writes standing up, in the rain queue, on a knee.",
			description: paragraphs(
				"Flip, write, flip. The twin-wire binding turns all the way round, the pages tear off cleanly along a fine perforation and the grey board behind them is stiff enough to do without a table.",
				facts("140 pages of 80 g/m² lined paper, perforated", "12.5 × 20 cm", "1.5 mm grey board, brass-coloured wire"),
			),
			collections: []string{"notebooks"}, added: 310,
			sku: "NB-REPORT", price: 950, grams: 210,
			axes:  []axis{colour(tomato, charcoal)},
			stock: []int{47, 4},
			alt:   "Reporter's Pad with a %s cover and a brass-coloured wire along the top", pictured: true,
			more: []shot{{"notes", "A Reporter's Pad turned to a lined page with a shopping list in pencil"}},
		},
		{
			slug: "sketchbook", name: "Kraft Sketchbook",
			summary: "Heavy, toothy paper behind plain kraft covers that want to be drawn on.",
			description: paragraphs(
				"Paper with enough bite for graphite and enough weight for a light wash. The covers are bare kraft board with a cloth spine; the first drawing usually lands on the outside.",
				facts("96 pages of 160 g/m² natural white drawing paper", "Acid-free, for pencil, ink, crayon and light watercolour", "Cloth spine in tomato, opens flat"),
			),
			collections: []string{"notebooks", "desk"}, added: 75,
			sku: "NB-SKETCH", price: 1800, grams: 380,
			axes: []axis{size(
				value{name: "A5", code: "A5"},
				value{name: "A4", code: "A4", price: 1100, grams: 360},
			)},
			stock: []int{38, 16},
			alt:   "Kraft Sketchbook with a tomato cloth spine and a pencil resting on the cover",
			more:  []shot{{"drawing", "A Kraft Sketchbook open at a pencil drawing of three pears"}},
		},
	}
}
