package handlers

import (
	"context"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

func (s storefront) home(c echo.Context) error {
	return s.page(c, func() (templ.Component, error) {
		snap, err := s.frames.snapshot(c.Request().Context())
		if err != nil {
			return nil, err
		}
		page, err := s.homePage(c, snap, snap.texts.Home.Published)
		if err != nil {
			return nil, err
		}
		page.Frame.Canonical = s.frames.canonical("/")
		if page.Frame.JSONLD, err = homeJSONLD(page.Frame); err != nil {
			return nil, err
		}
		return views.Home(page), nil
	})
}

// homePage is the front page with the sections given.
func (s storefront) homePage(c echo.Context, snap *snapshot, sections []models.Section) (views.HomePage, error) {
	var page views.HomePage
	var err error
	if page.Frame, err = s.frames.page(c, "", "/"); err != nil {
		return page, err
	}
	page.Frame.Description = snap.texts.Identity.Tagline
	if page.Frame.Description == "" {
		page.Frame.Description = shelves(snap.collectionLinks(""))
	}
	opened := false
	for _, section := range sections {
		if section.Hidden {
			continue
		}
		shown, err := s.section(c.Request().Context(), snap, section, page.Frame)
		if err != nil {
			return page, err
		}
		if section.Kind == models.SectionHero {
			if opened {
				shown.Products = nil // the first opening shows the favourites
			}
			opened = true
		}
		page.Sections = append(page.Sections, shown)
	}
	return page, nil
}

// section is a part of the front page with what the shop says where the merchant
// said nothing.
func (s storefront) section(ctx context.Context, snap *snapshot, section models.Section, frame views.Frame) (views.HomeSection, error) {
	shown := views.HomeSection{Kind: section.Kind, Heading: section.Heading, Text: section.Text}
	if picture, ok := snap.texts.Pictures[section.PictureID]; ok {
		shown.Picture = views.Picture{Key: picture.Key, Alt: picture.Alt, Width: picture.Width, Height: picture.Height}
	}
	if link, ok := snap.link(section.Link); ok && section.Button != "" {
		shown.Button = views.Link{Label: section.Button, URL: link.URL}
	}
	otherwise := func(text *string, words string) {
		if *text == "" {
			*text = words
		}
	}
	most := max(section.Count, models.SectionCounts[0])
	first := func(by models.ProductSort) error {
		found, err := s.store.Highlights(ctx, by, most)
		shown.Products = s.cards(found, snap)
		return err
	}
	var err error
	switch section.Kind {
	case models.SectionHero:
		otherwise(&shown.Heading, "Welcome to "+frame.ShopName)
		otherwise(&shown.Text, frame.Description)
		if shown.Button.Label == "" {
			shown.Button = views.Link{Label: "See everything", URL: "/products"}
			shown.More = views.Link{Label: "What is new", URL: "/products?sort=newest"}
		}
		if shown.Picture.Key == "" {
			err = first(models.SortFeatured)
		}
	case models.SectionFeatured:
		otherwise(&shown.Heading, "Favourites")
		shown.More = views.Link{Label: "All products", URL: "/products"}
		err = first(models.SortFeatured)
	case models.SectionNewest:
		otherwise(&shown.Heading, "Just in")
		shown.More = views.Link{Label: "Newest first", URL: "/products?sort=newest"}
		err = first(models.SortNewest)
	case models.SectionCollection:
		for _, collection := range snap.collections {
			if collection.ID == section.CollectionID {
				otherwise(&shown.Heading, collection.Name)
				shown.More = views.Link{Label: "See all", URL: "/collections/" + collection.Slug}
				var found []models.Product
				found, _, err = s.store.Products(ctx, models.ProductFilter{Collection: collection.Slug, PerPage: most})
				shown.Products = s.cards(found, snap)
			}
		}
	case models.SectionCollections:
		otherwise(&shown.Heading, "The shelves")
		collections := snap.collections[:min(len(snap.collections), mostShelves)]
		var sizes map[int64]models.CollectionSize
		sizes, err = s.store.CollectionSizes(ctx, collectionIDs(collections))
		for _, collection := range collections {
			shown.Collections = append(shown.Collections, views.CollectionCard{
				Slug: collection.Slug, Name: collection.Name, Description: collection.Description, Count: sizes[collection.ID].ForSale,
				Picture: views.Picture{Key: collection.PictureKey, Alt: collection.PictureAlt, Width: 1280, Height: 1600},
			})
		}
	case models.SectionText:
		shown.HTML, err = markdown(section.Text)
	}
	return shown, err
}
