package views

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// pictureWidths are the widths, in pixels, in which every picture exists.
var pictureWidths = [...]int{320, 480, 640, 960, 1280}

// PictureURL is the address of a picture's file in one width and format: avif
// in every width, jpg at 640, and, of pictures that were uploaded, webp in every
// width. Those of the demo are part of the program and lack it.
func PictureURL(key string, width int, ext string) string {
	return "/media/" + key + "-" + strconv.Itoa(width) + "." + ext
}

func srcset(key, ext string) string {
	parts := make([]string, len(pictureWidths))
	for i, width := range pictureWidths {
		parts[i] = fmt.Sprintf("%s %dw", PictureURL(key, width, ext), width)
	}
	return strings.Join(parts, ", ")
}

// urgency says how soon a picture is needed.
type urgency int

const (
	later urgency = iota // below the first screen: loaded when it comes near
	soon                 // on the first screen
	first                // the largest thing on the first screen: at most one on a page
)

// urgencyAt is the urgency of the i-th picture of a list whose first row, of
// so many, may be on the first screen.
func urgencyAt(i, row int) urgency {
	switch {
	case i >= row:
		return later
	case i == 0:
		return first
	}
	return soon
}

// rowFor is how many pictures of a section may be on the first screen.
func rowFor(when urgency) int {
	if when == first {
		return 4
	}
	return 0
}

// How wide pictures are shown, for the browser to choose a size.
const (
	sizesCard    = "(min-width: 1400px) 20rem, (min-width: 1080px) 24vw, (min-width: 760px) 30vw, 45vw"
	sizesShelf   = "(min-width: 1400px) 15rem, (min-width: 640px) 18vw, 45vw"
	sizesStory   = "(min-width: 1400px) 34rem, (min-width: 800px) 42vw, 92vw"
	sizesHero    = "(min-width: 1400px) 30rem, (min-width: 800px) 35vw, 70vw"
	sizesInset   = "(min-width: 1400px) 16rem, (min-width: 800px) 19vw, 39vw"
	sizesGallery = "(min-width: 1400px) 42rem, (min-width: 720px) 49vw, 93vw"
	sizesThumb   = "72px"
	sizesLine    = "112px"
)

// FocusClass is the class that keeps what is at x and y percent of a picture in
// a frame of another shape, to a third: a page's policy forbids styles beside
// its sheet. The middle needs none.
func FocusClass(x, y int64) string {
	third := func(percent int64) int64 { return min(max(percent*3/100, 0), 2) }
	if third(x) == 1 && third(y) == 1 {
		return ""
	}
	return fmt.Sprintf("at-%d%d", third(x), third(y))
}

// initial is the letter that stands for a name.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
