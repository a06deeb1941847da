package demo

func tuck() []article {
	return []article{
		{
			slug: "desk-tea", name: "Desk Tea",
			summary: "Loose leaf in a tin that fits a drawer: three blends for three kinds of afternoon.",
			description: paragraphs(
				"*Breakfast* is brisk and stands up to milk. *Earl Grey* has real bergamot and a few cornflowers for show. *Peppermint* is only peppermint, and very good at ten at night.",
				facts("100 g, about 40 cups", "Leaves from small gardens, packed in Bristol", "A tin with a lid that stays shut"),
			),
			collections: []string{"tuck", "desk"}, featured: true, added: 30,
			sku: "TK-TEA", price: 1250, grams: 190,
			axes: []axis{flavour(
				value{name: "Breakfast", code: "BRK"},
				value{name: "Earl Grey", code: "EGR"},
				value{name: "Peppermint", code: "PEP"},
			)},
			stock: []int{42, 57, 20},
			alt:   "A round tin of Desk Tea, %s, with a paper label", pictured: true,
			more: []shot{{"cup", "A porcelain cup of tea on its saucer, and a spoonful of loose leaves"}},
		},
		{
			slug: "ginger-biscuits", name: "Ginger Biscuits",
			summary: "Crisp, dark and properly hot, with bits of crystallised ginger all the way through.",
			description: paragraphs(
				"Baked slowly until they snap. Good for dunking: ours hold for seven seconds, which is longer than it sounds.",
				facts("180 g, about 16 biscuits", "Butter, treacle, crystallised ginger", "Contains wheat, oats and milk", "Keeps for three months, in theory"),
			),
			collections: []string{"tuck"}, featured: true, added: 3,
			sku: "TK-GINGER", price: 850, grams: 230,
			stock: []int{60},
			alt:   "A tall tin of Ginger Biscuits with three biscuits in front of it",
			more:  []shot{{"stack", "A stack of dark ginger biscuits with sugar on top, one broken in half"}},
		},
		{
			slug: "humbugs", name: "Humbugs",
			summary: "Striped boiled sweets in a glass jar, pulled and cut by hand, to be rationed.",
			description: paragraphs(
				"Boiled in copper, pulled until they shine, striped and cut with scissors. One lasts a meeting.",
				facts("220 g in a jar you will want to keep", "Mint: peppermint oil and a little treacle", "Rhubarb: sharp first, then custard", "No gelatine"),
			),
			collections: []string{"tuck"}, added: 110,
			sku: "TK-HUMBUG", price: 600, was: 700, grams: 420,
			axes: []axis{flavour(
				value{name: "Mint", code: "MNT"},
				value{name: "Rhubarb", code: "RHU"},
			)},
			stock: []int{39, 26},
			alt:   "A glass jar of striped humbugs, %s, with a paper label", pictured: true,
			more: []shot{{"handful", "A few striped humbugs scattered beside a folded paper bag"}},
		},
		{
			slug: "chocolate-bar", name: "Study Chocolate",
			summary: "A small bar scored into eight squares: one for each page, if you are disciplined.",
			description: paragraphs(
				"Made from bean to bar by two sisters with a very small roaster. Dark is 72 % and tastes of plums, Milk is 45 % and tastes of toffee, Sea Salt has flakes you can see.",
				facts("70 g", "Cocoa from a cooperative in Ghana", "Paper wrapper, no plastic", "Milk and Sea Salt contain milk"),
			),
			collections: []string{"tuck"}, added: 70,
			sku: "TK-CHOC", price: 550, grams: 78,
			axes: []axis{flavour(
				value{name: "Dark", code: "DRK"},
				value{name: "Milk", code: "MLK"},
				value{name: "Sea Salt", code: "SLT"},
			)},
			stock: []int{68, 45, 1},
			alt:   "A bar of Study Chocolate, %s, in its paper wrapper", pictured: true,
			more: []shot{{"unwrapped", "A bar of Study Chocolate half out of its foil, two squares broken off"}},
		},
	}
}
