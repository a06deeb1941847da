package models

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// shelves are what lists are made from, at one version of the catalogue: of
// every product for sale its price, stock, options and collections, packed into
// flat arrays. Nobody changes them once they are made. A product is called by
// its place, which counts from 0 in the order of ids.
type shelves struct {
	version     int64
	ids         []int64
	names       []string    // as they are searched
	first       []uint32    // the first variant of each product; one more at the end
	price       []int64     // of each variant, minor units
	stocked     []bool      // of each variant: it can be bought now
	values      [][3]uint16 // of each variant: its option values, 0 for none
	shelved     []uint32    // the first of each product's collections in shelf; one more at the end
	shelf       []uint16
	position    []int64 // of each product among those of the collection, as staff put them
	lowest      []int64 // the lowest price of each product
	value       []optionValue
	options     []optionName
	collections []shelfName
	orders      map[ProductSort][]uint32
	rank        map[ProductSort][]uint32 // the inverse of orders

	mu    sync.Mutex
	kept  map[string]*selection // of lists that were asked for; see mostKept
	found map[string]match      // by words that were searched for; see mostFound
}

// optionName is an option by which lists can be narrowed. Products share it by
// its key.
type optionName struct{ key, label string }

// optionValue is a value of an option.
type optionValue struct {
	option     uint16
	key, label string
}

// shelfName is a collection with the words of its name.
type shelfName struct {
	id         int64
	slug, name string
	words      []string
}

// mostValues is how many option values lists tell apart; what comes after them
// is listed, but cannot be filtered by.
const mostValues = 60_000

// smallCatalogue is up to how many variants lists wait for the shelves to be
// made anew. Above it they are made beside the lists, which show the shelves
// of a moment before meanwhile.
const smallCatalogue = 20_000

// shelvesAt returns the shelves for a version of the catalogue, or, of a large
// one, those that were made last.
func (s *Store) shelvesAt(ctx context.Context, version int64) (*shelves, error) {
	known := s.shelves.Load()
	if known != nil && known.version >= version {
		return known, nil
	}
	if known != nil && len(known.price) > smallCatalogue {
		s.restock(context.WithoutCancel(ctx), version)
		return known, nil
	}
	s.stocking.Lock()
	defer s.stocking.Unlock()
	if known := s.shelves.Load(); known != nil && known.version >= version {
		return known, nil
	}
	return s.stock(ctx)
}

// PrepareLists begins to make what lists are made from, so that the first to ask
// for one need not wait for the whole catalogue.
func (s *Store) PrepareLists(ctx context.Context) {
	s.restocking.Go(func() {
		if _, err := s.shelvesAt(ctx, 0); err != nil && ctx.Err() == nil {
			s.log.Error("prepare the lists", "error", err)
		}
	})
}

// restock makes the shelves anew beside what goes on, unless that is done or
// was done a moment ago: making them never takes more than a tenth of the time.
func (s *Store) restock(ctx context.Context, version int64) {
	if !s.stocking.TryLock() {
		return
	}
	if known := s.shelves.Load(); known.version >= version || time.Now().Before(s.restockFrom) {
		s.stocking.Unlock()
		return
	}
	s.restocking.Go(func() {
		defer s.stocking.Unlock()
		began := time.Now()
		if _, err := s.stock(ctx); err != nil {
			s.log.Error("make the lists anew", "error", err)
		}
		s.restockFrom = time.Now().Add(10 * time.Since(began))
	})
}

// stock makes the shelves from the database. The version is read first: what
// changes while the rest is read is read again at the next version.
func (s *Store) stock(ctx context.Context) (*shelves, error) {
	shop, err := s.Shop(ctx)
	if err != nil {
		return nil, err
	}
	x := &shelves{version: shop.CatalogueVersion, kept: map[string]*selection{}, found: map[string]match{}}
	for _, read := range []func(context.Context, *Store) error{x.readCollections, x.readProducts, x.readVariants, x.readShelves} {
		if err := read(ctx, s); err != nil {
			return nil, fmt.Errorf("read the catalogue for lists: %w", err)
		}
	}
	s.shelves.Store(x)
	if len(x.price) > smallCatalogue {
		debug.FreeOSMemory() // what reading left over is as large again
	}
	return x, nil
}

func (x *shelves) readCollections(ctx context.Context, s *Store) error {
	var collections []Collection
	if err := s.read.WithContext(ctx).Order("position, id").Find(&collections).Error; err != nil {
		return err
	}
	for _, c := range collections {
		x.collections = append(x.collections, shelfName{c.ID, c.Slug, c.Name, searchWords(c.Name, mostWords)})
	}
	return nil
}

// each calls row for every row of a query.
func (s *Store) each(ctx context.Context, query string, row func(*sql.Rows) error, arguments ...any) (err error) {
	rows, err := s.sqlRead.QueryContext(ctx, query, arguments...)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, rows.Err(), rows.Close()) }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return nil
}

const (
	shelfProducts = "SELECT id, search_name, featured, created_at FROM products WHERE status = $1 ORDER BY id"
	shelfOptions  = "SELECT product_id, name FROM options ORDER BY product_id, position, id"
	shelfVariants = "SELECT product_id, price, " + inStock + ", option1, option2, option3 FROM variants ORDER BY product_id"
	shelfPlaces   = "SELECT collection_id, product_id, position FROM collection_products ORDER BY product_id"
)

func (x *shelves) readProducts(ctx context.Context, s *Store) error {
	var featured []bool
	var created []int64
	err := s.each(ctx, shelfProducts, func(rows *sql.Rows) error {
		var id int64
		var name string
		var isFeatured bool
		var at time.Time
		if err := rows.Scan(&id, &name, &isFeatured, &at); err != nil {
			return err
		}
		x.ids, x.names, featured, created = append(x.ids, id), append(x.names, name), append(featured, isFeatured), append(created, at.UnixMilli())
		return nil
	}, ProductActive)
	if err != nil {
		return err
	}
	x.lowest = make([]int64, len(x.ids))
	x.orders, x.rank = map[ProductSort][]uint32{}, map[ProductSort][]uint32{}
	x.order(SortNewest, func(a, b uint32) int { return cmp.Compare(created[b], created[a]) })
	x.order(SortName, func(a, b uint32) int { return strings.Compare(x.names[a], x.names[b]) })
	x.order(SortFeatured, func(a, b uint32) int {
		switch {
		case featured[a] == featured[b]:
			return 0
		case featured[a]:
			return -1
		}
		return 1
	})
	return nil
}

// order keeps the products in an order, those alike by id.
func (x *shelves) order(by ProductSort, compare func(a, b uint32) int) {
	order := make([]uint32, len(x.ids))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(compare(a, b), cmp.Compare(a, b)) })
	rank := make([]uint32, len(order))
	for at, place := range order {
		rank[place] = uint32(at)
	}
	x.orders[by], x.rank[by] = order, rank
}

// place finds a product by its id, from a place on.
func (x *shelves) place(id int64, from int) (int, bool) {
	at, there := slices.BinarySearch(x.ids[from:], id)
	return from + at, there
}

// readVariants reads what varies, with the names of the options it varies in.
func (x *shelves) readVariants(ctx context.Context, s *Store) error {
	names := map[int64][3]uint16{} // of a product's options, from 1
	labels := map[string]uint16{}
	known := map[string]uint16{}
	x.options = []optionName{{}}
	counted := map[int64]int{}
	err := s.each(ctx, shelfOptions, func(rows *sql.Rows) error {
		var product int64
		var label string
		if err := rows.Scan(&product, &label); err != nil {
			return err
		}
		at := counted[product]
		counted[product]++
		option, there := labels[label]
		if !there {
			key := searchKey(label)
			if option, there = known[key]; !there && key != "" && len(x.options) < mostValues {
				option = uint16(len(x.options))
				x.options = append(x.options, optionName{key, label})
				known[key] = option
			}
			labels[label] = option
		}
		of := names[product]
		if at < len(of) {
			of[at] = option
		}
		names[product] = of
		return nil
	})
	if err != nil {
		return err
	}
	type word struct {
		option uint16
		text   string
	}
	texts, keys := map[word]uint16{}, map[word]uint16{}
	x.value = []optionValue{{}}
	value := func(option uint16, text []byte) uint16 {
		if option == 0 || len(text) == 0 {
			return 0
		}
		if v, there := texts[word{option, string(text)}]; there {
			return v
		}
		label := string(text)
		key := searchKey(label)
		v, there := keys[word{option, key}]
		if !there && key != "" && len(x.value) < mostValues {
			v = uint16(len(x.value))
			x.value = append(x.value, optionValue{option: option, key: key, label: label})
			keys[word{option, key}] = v
		}
		texts[word{option, label}] = v
		return v
	}
	x.first = make([]uint32, len(x.ids)+1)
	at, last := 0, int64(0)
	var of [3]uint16
	listed := false
	err = s.each(ctx, shelfVariants, func(rows *sql.Rows) error {
		var product, price int64
		var stocked bool
		var options [3]sql.RawBytes
		if err := rows.Scan(&product, &price, &stocked, &options[0], &options[1], &options[2]); err != nil {
			return err
		}
		if product != last {
			last = product
			place, there := x.place(product, at)
			for ; at < place; at++ {
				x.first[at+1] = uint32(len(x.price))
			}
			of, listed = names[product], there
		}
		if !listed {
			return nil
		}
		x.price, x.stocked = append(x.price, price), append(x.stocked, stocked)
		x.values = append(x.values, [3]uint16{value(of[0], options[0]), value(of[1], options[1]), value(of[2], options[2])})
		return nil
	})
	if err != nil {
		return err
	}
	for ; at < len(x.ids); at++ {
		x.first[at+1] = uint32(len(x.price))
	}
	for place := range x.ids {
		if from, to := x.first[place], x.first[place+1]; from < to {
			x.lowest[place] = slices.Min(x.price[from:to])
		}
	}
	x.order(SortPriceAsc, func(a, b uint32) int { return cmp.Compare(x.lowest[a], x.lowest[b]) })
	x.order(SortPriceDesc, func(a, b uint32) int { return cmp.Compare(x.lowest[b], x.lowest[a]) })
	return nil
}

func (x *shelves) readShelves(ctx context.Context, s *Store) error {
	numbers := map[int64]uint16{}
	for i, c := range x.collections {
		numbers[c.id] = uint16(i)
	}
	x.shelved = make([]uint32, len(x.ids)+1)
	at := 0
	err := s.each(ctx, shelfPlaces, func(rows *sql.Rows) error {
		var collection, product, position int64
		if err := rows.Scan(&collection, &product, &position); err != nil {
			return err
		}
		place, listed := x.place(product, at)
		for ; at < place; at++ {
			x.shelved[at+1] = uint32(len(x.shelf))
		}
		if number, there := numbers[collection]; listed && there {
			x.shelf, x.position = append(x.shelf, number), append(x.position, position)
		}
		return nil
	})
	for ; at < len(x.ids); at++ {
		x.shelved[at+1] = uint32(len(x.shelf))
	}
	return err
}

// byHand are all products, those of a collection first, as staff put them.
func (x *shelves) byHand(collection string) []uint32 {
	number := slices.IndexFunc(x.collections, func(c shelfName) bool { return c.slug == collection })
	order, position := make([]uint32, len(x.ids)), make([]int64, len(x.ids))
	for place := range order {
		order[place], position[place] = uint32(place), math.MaxInt64
		for at := x.shelved[place]; at < x.shelved[place+1]; at++ {
			if int(x.shelf[at]) == number {
				position[place] = x.position[at]
			}
		}
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(position[a], position[b]) })
	return order
}
