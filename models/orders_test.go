package models_test

import (
	"slices"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestOrdersAreFoundAmongMany looks for what few and what very many orders begin
// with: both ways of looking find the same, newest first.
func TestOrdersAreFoundAmongMany(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		modelstest.Exec(t, url, `INSERT INTO orders (id, number, token, status, fulfilment, stock_status, cart_fingerprint, currency, subtotal, total, email, shipping_name, created_at, updated_at)
			WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 2500)
			SELECT n, '' || (1000 + n), 't' || n, CASE WHEN n % 2 = 0 THEN 'paid' ELSE 'expired' END, 'unfulfilled', 'released', '', 'USD', 100, 100,
				CASE WHEN n % 500 = 0 THEN 'rare-' ELSE 'common-' END || n || '@example.com',
				CASE WHEN n = 7 THEN 'Ada Common' ELSE 'Bo-' || n END, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM g`)
		for _, test := range []struct {
			filter models.OrderFilter
			want   []int64
		}{
			{models.OrderFilter{Search: "rare-"}, []int64{2500, 2000, 1500, 1000, 500}},
			{models.OrderFilter{Search: "Rare-", Before: 1500}, []int64{1000, 500}},
			{models.OrderFilter{Search: "common", Limit: 3}, []int64{2499, 2498, 2497}},
			{models.OrderFilter{Search: "COMMON", Limit: 3, Status: models.OrderPaid, Before: 2001}, []int64{1998, 1996, 1994}},
			{models.OrderFilter{Search: "common", Before: 9}, []int64{8, 7, 6, 5, 4, 3, 2, 1}},
			{models.OrderFilter{Search: "ada"}, []int64{7}},
			{models.OrderFilter{Search: "#1007"}, []int64{7}},
		} {
			if test.filter.Limit == 0 {
				test.filter.Limit = 10
			}
			orders, err := store.Orders(t.Context(), test.filter)
			var ids []int64
			for _, order := range orders {
				ids = append(ids, order.ID)
			}
			if err != nil || !slices.Equal(ids, test.want) {
				t.Errorf("%+v finds %d, %v; want %d", test.filter, ids, err, test.want)
			}
		}
	})
}
