package handlers

import (
	"encoding/json"
	"fmt"

	"tuckshop/views"
)

// productJSONLD describes a product to search engines, out of the page's own
// struct: https://schema.org/Product.
func productJSONLD(page views.ProductPage) (string, error) {
	type object map[string]any
	var offers []object
	for _, variant := range page.Variants {
		availability := "https://schema.org/InStock"
		switch {
		case variant.Available > 0:
		case variant.Preorder:
			availability = "https://schema.org/PreOrder"
		case variant.Buyable():
			availability = "https://schema.org/BackOrder"
		default:
			availability = "https://schema.org/OutOfStock"
		}
		offer := object{
			"@type": "Offer", "sku": variant.SKU, "price": variant.Price.Decimal(), "priceCurrency": variant.Price.Currency,
			"availability": availability, "url": page.Frame.Canonical, "itemCondition": "https://schema.org/NewCondition",
		}
		if variant.Barcode != "" {
			offer["gtin"] = variant.Barcode
		}
		offers = append(offers, offer)
	}
	var pictures []string
	for _, picture := range page.Pictures {
		pictures = append(pictures, page.Frame.BaseURL+views.PictureURL(picture.Key, 640, "jpg"))
	}
	product := object{
		"@type": "Product", "name": page.Name, "description": page.Summary, "url": page.Frame.Canonical,
		"image": pictures, "offers": offers, "brand": object{"@type": "Brand", "name": page.Frame.ShopName},
	}
	if len(page.Variants) > 0 {
		product["sku"] = page.Variants[0].SKU
	}
	var crumbs []object
	for i, link := range page.Breadcrumbs {
		crumbs = append(crumbs, object{
			"@type": "ListItem", "position": i + 1, "name": link.Label, "item": page.Frame.BaseURL + link.URL,
		})
	}
	document, err := json.Marshal(object{
		"@context": "https://schema.org",
		"@graph":   []object{product, {"@type": "BreadcrumbList", "itemListElement": crumbs}},
	})
	if err != nil {
		return "", fmt.Errorf("describe product %s: %w", page.Slug, err)
	}
	return string(document), nil
}
