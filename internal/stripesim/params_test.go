package stripesim

import (
	"errors"
	"testing"
)

func TestParseParams(t *testing.T) {
	p, bad := parseParams("a=1&b[c]=2&list[]=x&list[]=y&items[1][n]=2&items[0][n]=1&metadata[k%5D]=v", "")
	if bad == nil {
		t.Errorf("a broken name was taken: %v", p.values)
	}
	p, bad = parseParams("a=1&b[c]=2&list[]=x&list[]=y", "items[1][n]=2&items[0][n]=1&e%5B%5D=z&empty=")
	if bad != nil {
		t.Fatal(bad)
	}
	if got := p.needInt("a", 1, 5); got != 1 {
		t.Errorf("a: %d", got)
	}
	if got := p.obj("b").str("c"); got != "2" {
		t.Errorf("b[c]: %s", got)
	}
	if got := p.strings("list"); len(got) != 2 || got[0] != "x" || got[1] != "y" {
		t.Errorf("list: %v", got)
	}
	items := p.list("items")
	if len(items) != 2 || items[0].str("n") != "1" || items[1].name("n") != "items[1][n]" {
		t.Errorf("items: %v", items)
	}
	var refusal *apiError
	if err := p.err(); !errors.As(err, &refusal) || refusal.Param != "e" || refusal.Code != "parameter_unknown" {
		t.Errorf("the first name nobody read: %v", err)
	}
	for _, broken := range []string{"a=%zz", "a=1&a[b]=2", "[a]=1", "a[b=1"} {
		if _, bad := parseParams(broken); bad == nil {
			t.Errorf("%q was taken", broken)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		n    int64
		code string
		want string
	}{{123456, "usd", "$1,234.56"}, {5, "usd", "$0.05"}, {1500, "jpy", "¥1,500"}, {1500, "kwd", "KWD\u00a01.500"}, {-250, "eur", "-€2.50"}} {
		if got := money(c.n, c.code); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.n, c.code, got, c.want)
		}
	}
}

func TestDiscountPartsAddUp(t *testing.T) {
	items := []object{{"amount_subtotal": int64(333)}, {"amount_subtotal": int64(333)}, {"amount_subtotal": int64(334)}, {"amount_subtotal": int64(0)}}
	discount(items, object{"amount_off": int64(100)})
	var sum int64
	for _, item := range items {
		sum += item.int("amount_discount")
	}
	if sum != 100 {
		t.Errorf("parts add up to %d", sum)
	}
	discount(items, object{"amount_off": int64(100_000)})
	for _, item := range items {
		if item.int("amount_discount") != item.int("amount_subtotal") {
			t.Errorf("a coupon above the subtotal leaves %v", item)
		}
	}
}
