package models

import (
	"context"
	"fmt"
	"slices"
)

// Site is everything around the catalogue that a page needs: it is read once
// for each version of the catalogue.
type Site struct {
	Identity Identity
	Header   []MenuEntry // without entries: the shop's own
	Footer   []MenuEntry
	Home     Home
	Pages    []Page                // published ones, by title, without their texts
	Products map[int64]Product     // active ones that a link leads to: id, slug and name
	Pictures map[int64]SitePicture // ready ones
}

// Site reads it.
func (s *Store) Site(ctx context.Context) (Site, error) {
	site := Site{Products: map[int64]Product{}, Pictures: map[int64]SitePicture{}}
	var err error
	if site.Identity, err = s.Identity(ctx); err != nil {
		return site, err
	}
	if site.Home, err = s.Home(ctx); err != nil {
		return site, err
	}
	db := s.read.WithContext(ctx)
	var menus []Menu
	if err := db.Find(&menus).Error; err != nil {
		return site, fmt.Errorf("read the menus: %w", err)
	}
	for _, menu := range menus {
		if menu.Name == MenuHeader {
			site.Header = menu.Entries
		} else {
			site.Footer = menu.Entries
		}
	}
	if site.Pages, err = s.Pages(ctx); err != nil {
		return site, err
	}
	site.Pages = slices.DeleteFunc(site.Pages, func(p Page) bool { return p.Status != PagePublished })
	pictures, err := s.SitePictures(ctx)
	if err != nil {
		return site, err
	}
	for _, picture := range pictures {
		if picture.Status == PictureReady {
			site.Pictures[picture.ID] = picture
		}
	}
	ids := site.productIDs()
	if len(ids) == 0 {
		return site, nil
	}
	var products []Product
	if err := db.Select("id", "slug", "name").Where("id IN ? AND status = ?", ids, ProductActive).Find(&products).Error; err != nil {
		return site, fmt.Errorf("find the products that links lead to: %w", err)
	}
	for _, product := range products {
		site.Products[product.ID] = product
	}
	return site, nil
}

// productIDs are the products that links lead to.
func (s Site) productIDs() []int64 {
	var ids []int64
	add := func(link Link) {
		if link.Kind == LinkProduct {
			ids = append(ids, link.ID)
		}
	}
	for _, entry := range slices.Concat(s.Header, s.Footer) {
		add(entry.Link)
	}
	for _, section := range slices.Concat(s.Home.Draft, s.Home.Published) {
		add(section.Link)
	}
	return ids
}
