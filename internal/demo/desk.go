package demo

func desk() []article {
	return []article{
		{
			slug: "desk-mug", name: "Stoneware Desk Mug",
			summary: "A wide-footed mug that is hard to knock over and easy to warm your hands on.",
			description: paragraphs(
				"Thrown a little broader at the foot than at the lip, because desks are busy places. The inside is glazed cream so that you can see how much tea is left; the base is bare clay and kind to wood.",
				facts("320 ml, 9 cm tall", "Stoneware, lead-free glaze", "Dishwasher and microwave are fine", "Every piece differs slightly"),
			),
			collections: []string{"desk", "tuck"}, featured: true, added: 9,
			sku: "DK-MUG", price: 2400, grams: 390,
			axes:  []axis{colour(cream, tomato, inkBlue)},
			stock: []int{35, 18, 0},
			alt:   "Stoneware mug glazed in %s with a bare clay foot", pictured: true,
			more: []shot{{"tea", "A cream Stoneware Desk Mug full of tea, steaming, beside two ginger biscuits"}},
		},
		{
			slug: "pen-tray", name: "Walnut Pen Tray",
			summary: "A long hollow in a piece of oiled walnut, for the pens that otherwise roll away.",
			description: paragraphs(
				"One piece of European walnut, hollowed with a round cutter and oiled three times. The edges are eased, the base is lined with cork, and the grain is never the same twice.",
				facts("Short 20 × 7 cm, long 28 × 7 cm, 2 cm high", "Solid walnut, hard wax oil, cork base", "Made in a two-person workshop"),
			),
			collections: []string{"desk"}, added: 96,
			sku: "DK-TRAY", price: 3800, grams: 240,
			axes: []axis{size(
				value{name: "Short", code: "S"},
				value{name: "Long", code: "L", price: 1000, grams: 110},
			)},
			stock: []int{21, 12},
			alt:   "An oiled walnut pen tray with rounded ends",
			more:  []shot{{"in-use", "The Walnut Pen Tray holding two pencils, a brass pen and an eraser"}},
		},
		{
			slug: "week-pad", name: "Week Pad",
			summary: "Fifty-two undated sheets with a box for each day and one for what can wait.",
			description: paragraphs(
				"Start on any Monday. Seven calm boxes, a narrow column for the list, and a corner headed *Not this week*, which turns out to be the most useful part.",
				facts("52 sheets of 100 g/m² paper, glued at the head", "A4 across, 29.7 × 21 cm", "Stiff recycled backing board"),
			),
			collections: []string{"desk", "notebooks"}, added: 61,
			sku: "DK-WEEK", price: 1600, grams: 420,
			stock: []int{43},
			alt:   "A desk pad with seven boxes for the days of a week, a pencil laid across it",
		},
		{
			slug: "paper-tape", name: "Paper Tape",
			summary: "Matt washi tape that sticks when you want it to and comes off when you do not.",
			description: paragraphs(
				"For marking pages, mending maps and pinning up postcards. Tears by hand along a straight line, takes pencil and pen, and peels away without a trace.",
				facts("15 mm × 10 m", "Washi paper, natural rubber adhesive", "Card core"),
			),
			collections: []string{"desk"}, added: 175,
			sku: "DK-TAPE", price: 450, grams: 24,
			axes:  []axis{colour(tomato, mustard, forest)},
			stock: []int{70, 66, 2},
			alt:   "A roll of %s paper tape with a short end pulled free", pictured: true,
			more: []shot{{"stack", "Rolls of paper tape in three colours in a small leaning stack"}},
		},
		{
			slug: "brass-ruler", name: "Brass Ruler",
			summary: "A thick brass rule with etched figures, heavy enough to hold a page open.",
			description: paragraphs(
				"Centimetres on one edge, inches on the other, both etched and filled in black so that they outlast you. The back is lined with felt; it will not slip and will not scratch.",
				facts("15 cm or 30 cm, 3 mm thick", "Solid brass, unlacquered", "Felt-lined"),
			),
			collections: []string{"desk", "writing"}, added: 225,
			sku: "DK-RULER", price: 1800, grams: 90,
			axes: []axis{size(
				value{name: "15 cm", code: "15"},
				value{name: "30 cm", code: "30", price: 800, grams: 95},
			)},
			stock: []int{33, 24},
			alt:   "A brass ruler with black etched figures lying across a sheet of paper",
		},
	}
}
