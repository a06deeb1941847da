package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
)

func TestAddressLines(t *testing.T) {
	for want, address := range map[string]models.Address{
		"Gartenstraße 117|67433 Neustadt|Germany":                {Line1: "Gartenstraße 117", PostalCode: "67433", City: "Neustadt", Country: "DE"},
		"1 Main Street|Suite 2|Portland, OR 97205|United States": {Line1: "1 Main Street", Line2: "Suite 2", City: "Portland", State: "OR", PostalCode: "97205", Country: "US"},
		"12 St James's Square|London SW1Y 4JH|United Kingdom":    {Line1: "12 St James's Square", City: "London", PostalCode: "SW1Y 4JH", Country: "GB"},
		"1 Via Roma|00100 Roma, RM|Italy":                        {Line1: "1 Via Roma", City: "Roma", State: "RM", PostalCode: "00100", Country: "IT"},
		"Nowhere|XX":                                             {Line1: "Nowhere", Country: "XX"},
		"":                                                       {},
	} {
		if got := strings.Join(address.Lines(), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
