package handlers

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"tuckshop/static"
	"tuckshop/views"
)

const schemaOrg = "https://schema.org/"

// jsonObject is one thing that search engines are told of.
type jsonObject map[string]any

// put adds a property unless it is empty.
func (o jsonObject) put(name, value string) {
	if value != "" {
		o[name] = value
	}
}

// jsonLD makes a document of things. encoding/json writes <, > and & in a way
// that ends no element.
func jsonLD(things ...jsonObject) (string, error) {
	document, err := json.Marshal(jsonObject{"@context": "https://schema.org", "@graph": things})
	return string(document), err
}

// homeJSONLD describes the shop itself.
func homeJSONLD(frame views.Frame) (string, error) {
	home, logo := frame.BaseURL+"/", static.URL("brand/icon-512.png")
	if frame.Site.Logo != nil {
		logo = frame.Site.Logo.URL
	}
	document, err := jsonLD(
		jsonObject{
			"@type": "Organization", "@id": home + "#organization", "name": frame.ShopName, "url": home,
			"logo": frame.BaseURL + logo,
		},
		jsonObject{
			"@type": "WebSite", "name": frame.ShopName, "url": home, "publisher": jsonObject{"@id": home + "#organization"},
			"potentialAction": jsonObject{
				"@type": "SearchAction", "query-input": "required name=search_term_string",
				"target": jsonObject{"@type": "EntryPoint", "urlTemplate": frame.BaseURL + "/search?q={search_term_string}"},
			},
		})
	if err != nil {
		return "", fmt.Errorf("describe the shop: %w", err)
	}
	return document, nil
}

// productJSONLD describes a product, out of the page's own struct: one in
// several forms is a group of them.
func productJSONLD(page views.ProductPage) (string, error) {
	brand := jsonObject{"@type": "Brand", "name": page.Frame.ShopName}
	terms := &jsonTerms{page: page}
	var product jsonObject
	if len(page.Variants) == 1 {
		product = variantJSONLD(page, terms, page.Variants[0], page.Frame.Canonical)
		product["brand"] = brand
	} else {
		product = jsonObject{
			"@type": "ProductGroup", "name": page.Name, "url": page.Frame.Canonical, "brand": brand,
			"productGroupID": "p" + strconv.FormatInt(page.ID, 10),
		}
		product.put("description", page.Summary)
		if pictures := jsonPictures(page, ""); len(pictures) > 0 {
			product["image"] = pictures
		}
		var varies []string
		for _, name := range page.Options {
			if known := feedOptions[strings.ToLower(name)]; known != "" {
				varies = append(varies, schemaOrg+known)
			}
		}
		if len(varies) > 0 {
			product["variesBy"] = varies
		}
		variants := make([]jsonObject, 0, len(page.Variants))
		for _, variant := range page.Variants {
			one := variantJSONLD(page, terms, variant, page.Frame.BaseURL+views.VariantURL(page.Slug, variant.ID))
			one["name"] = page.Name + " – " + variant.Title
			variants = append(variants, one)
		}
		product["hasVariant"] = variants
	}
	crumbs := make([]jsonObject, 0, len(page.Breadcrumbs))
	for i, link := range page.Breadcrumbs {
		crumbs = append(crumbs, jsonObject{
			"@type": "ListItem", "position": i + 1, "name": link.Label, "item": page.Frame.BaseURL + link.URL,
		})
	}
	document, err := jsonLD(append([]jsonObject{product, {"@type": "BreadcrumbList", "itemListElement": crumbs}}, terms.all()...)...)
	if err != nil {
		return "", fmt.Errorf("describe product %s: %w", page.Slug, err)
	}
	return document, nil
}

// variantJSONLD is one form of a product with its offer, which is at address and
// refers to the terms.
func variantJSONLD(page views.ProductPage, terms *jsonTerms, variant views.VariantChoice, address string) jsonObject {
	product := jsonObject{"@type": "Product", "name": page.Name, "url": address}
	product.put("sku", feedVariantID(variant))
	product.put("description", page.Summary)
	if pictures := jsonPictures(page, variant.PictureID); len(pictures) > 0 {
		product["image"] = pictures
	}
	for i, name := range page.Options {
		if known := feedOptions[strings.ToLower(name)]; known != "" && i < len(variant.Values) {
			product[known] = variant.Values[i]
		}
	}
	product.put("gtin", variant.Barcode)
	availability := "InStock"
	switch {
	case variant.Available > 0:
	case variant.Preorder:
		availability = "PreOrder"
	case variant.Buyable():
		availability = "BackOrder"
	default:
		availability = "OutOfStock"
	}
	offer := jsonObject{
		"@type": "Offer", "url": address, "price": variant.Price.Decimal(), "priceCurrency": variant.Price.Currency,
		"availability": schemaOrg + availability, "itemCondition": schemaOrg + "NewCondition",
		"seller": jsonObject{"@type": "Organization", "name": page.Frame.ShopName},
	}
	if variant.CompareAt.Amount > variant.Price.Amount {
		offer["priceSpecification"] = jsonObject{
			"@type": "UnitPriceSpecification", "priceType": schemaOrg + "StrikethroughPrice",
			"price": variant.CompareAt.Decimal(), "priceCurrency": variant.CompareAt.Currency,
		}
	}
	terms.add(offer, variant)
	product["offers"] = offer
	return product
}

// jsonPictures are the addresses of the picture with an id, or of all where
// there is none.
func jsonPictures(page views.ProductPage, id string) []string {
	var all []string
	for _, picture := range page.Pictures {
		address := page.Frame.BaseURL + views.PictureURL(picture.Key, 640, "jpg")
		if picture.ID == id {
			return []string{address}
		}
		all = append(all, address)
	}
	return all
}
