package views

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"

	"tuckshop/models"
)

// The size of a preview, in pixels.
const (
	PreviewWidth  = 1200
	PreviewHeight = 630
)

// previewLook grows whenever previews are drawn in another way.
const previewLook = 1

// Preview is the picture that stands for a page where its link is shared.
type Preview struct {
	Shop       string
	Name       string       // of what the page shows; empty for the shop itself
	Text       string       // a sentence; empty for none
	Price      models.Money // Currency empty for none
	From       bool         // Price is the lowest of several
	PictureKey string       // see PictureURL; empty for none
}

// Mark names the preview: whatever changes it changes the mark.
func (p Preview) Mark() string {
	content, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("views: mark a preview: %v", err)) // strings and numbers always have a JSON form
	}
	sum := sha256.Sum256(fmt.Appendf(content, "%d", previewLook))
	return hex.EncodeToString(sum[:8])
}

// Alt says what the preview shows.
func (p Preview) Alt() string {
	alt := p.Shop
	if p.Name != "" {
		alt = p.Name + ", at " + p.Shop
	}
	if p.Price.Currency != "" {
		alt += ", " + p.PriceText(p.Price.String())
	}
	return alt
}

// PriceText completes the price, written in some way.
func (p Preview) PriceText(written string) string {
	if p.From {
		return "from " + written
	}
	return written
}

// ProductPreview is the preview of a product's page.
func ProductPreview(p ProductPage) Preview {
	preview := Preview{Shop: p.Frame.ShopName, Name: p.Name, Price: p.Price, From: p.From}
	if len(p.Pictures) > 0 {
		preview.PictureKey = p.Pictures[0].Key
	}
	return preview
}

// VariantURL is the address of a product's page with one variant chosen.
func VariantURL(slug string, variantID int64) string {
	return productURL(url.PathEscape(slug)) + "?variant=" + id(variantID)
}
