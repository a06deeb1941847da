package demo

import (
	"context"

	"tuckshop/models"
)

// Zone is a part of the world that the demo shop delivers to.
type Zone struct {
	Name      string
	Countries []string // ISO 3166-1 alpha-2
	Ways      []models.DeliveryMethod
}

// Zones returns where the demo shop delivers to. Prices are US cents. At home
// there is a way free of charge, and some countries are in no zone.
func Zones() []Zone {
	return []Zone{
		{"United States", []string{"US"}, []models.DeliveryMethod{
			{Name: "Standard", Kind: models.DeliveryFlat, MinDays: 3, MaxDays: 5},
			{Name: "Express", Kind: models.DeliveryFlat, Price: 1290, MinDays: 1, MaxDays: 2},
		}},
		{"Canada", []string{"CA"}, []models.DeliveryMethod{
			{Name: "Standard", Kind: models.DeliveryFlat, Price: 990, FreeFrom: 10_000, MinDays: 4, MaxDays: 8},
		}},
		{"Europe", []string{
			"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
			"LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
		}, []models.DeliveryMethod{
			{Name: "Airmail", Kind: models.DeliveryByWeight, MinDays: 5, MaxDays: 10, Bands: []models.DeliveryBand{
				{Ends: 500, Price: 1490}, {Starts: 500, Ends: 2000, Price: 2190}, {Starts: 2000, Ends: 20_000, Price: 3990},
			}},
		}},
		{"Australia and New Zealand", []string{"AU", "NZ"}, []models.DeliveryMethod{
			{Name: "Airmail", Kind: models.DeliveryBySubtotal, MinDays: 7, MaxDays: 14, Bands: []models.DeliveryBand{
				{Ends: 5000, Price: 2490}, {Starts: 5000, Ends: 15_000, Price: 1990}, {Starts: 15_000, Price: 990},
			}},
		}},
	}
}

// Pickup returns where shoppers of the demo shop come for their order.
func Pickup() models.DeliveryMethod {
	return models.DeliveryMethod{Name: "Pick up at the shop", Kind: models.DeliveryPickup, Address: "12 Paper Lane, Portland, OR 97205"}
}

// deliver sets the demo shop's delivery up, its prices times scale.
func deliver(ctx context.Context, store *models.Store, scale int64) error {
	actor := models.Actor{Email: "demo"}
	for _, z := range Zones() {
		zone, err := store.SaveDeliveryZone(ctx, models.DeliveryZone{Name: z.Name, Countries: z.Countries}, actor)
		if err != nil {
			return err
		}
		for _, way := range z.Ways {
			way.ZoneID, way.Price, way.FreeFrom = &zone.ID, way.Price*scale, way.FreeFrom*scale
			for i := range way.Bands {
				way.Bands[i].Price *= scale
				if way.Kind == models.DeliveryBySubtotal {
					way.Bands[i].Starts *= scale
					way.Bands[i].Ends *= scale
				}
			}
			if err := store.SaveDeliveryMethod(ctx, way, actor); err != nil {
				return err
			}
		}
	}
	return store.SaveDeliveryMethod(ctx, Pickup(), actor)
}
