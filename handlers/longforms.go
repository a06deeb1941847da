package handlers

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// How much of a form of the admin is in memory. A field keeps more than any may
// hold, so that the store refuses it and says how much it takes.
const (
	shortForm   = 64 << 10 // bytes of a body that is read as it is
	keptForm    = 2 << 20  // bytes of all fields
	longestName = 200      // bytes of a field's name
)

// cutContext is where the fields are that were cut.
const cutContext = "cut"

var errLongForm = echo.NewHTTPError(http.StatusRequestEntityTooLarge)

// longForms reads a large form of the admin piece by piece, and cuts what is far
// too long: whatever the size, all else that was typed comes back. What is too
// large all the same is told in the admin's look.
func (a adminPages) longForms(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := c.Request()
		if staffOf(c).ID == 0 || request.Method != http.MethodPost {
			return next(c)
		}
		kind, _, _ := mime.ParseMediaType(request.Header.Get(echo.HeaderContentType)) // next refuses what cannot be read
		var err error
		if kind == echo.MIMEApplicationForm && (request.ContentLength < 0 || request.ContentLength > shortForm) {
			err = readLongForm(c)
		}
		if err == nil {
			err = next(c)
		}
		if err == nil || statusOf(err) != http.StatusRequestEntityTooLarge || c.Response().Committed {
			return err
		}
		frame, err := a.frame(c, "That is too much at once", "")
		if err != nil {
			return err
		}
		return render(c, http.StatusRequestEntityTooLarge, admin.TooLarge(frame))
	}
}

// readLongForm makes the form what later reads of it find.
func readLongForm(c echo.Context) error {
	if err := giveTime(c); err != nil {
		return err
	}
	request := c.Request()
	form, cut, err := cutForm(http.MaxBytesReader(c.Response(), request.Body, uploadSize))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errLongForm
	case err != nil:
		return err
	}
	request.PostForm = form
	c.Set(cutContext, cut)
	return nil
}

// cutForm reads an encoded form to its end. It keeps the beginning of a value
// that is longer than any may be, and says how many characters there were.
func cutForm(body io.Reader) (url.Values, []admin.Cut, error) {
	form, kept := url.Values{}, 0
	var cut []admin.Cut
	bytes := bufio.NewReaderSize(body, 16<<10)
	for {
		name, end, err := cutPart(bytes, longestName, '=')
		if err != nil {
			return nil, nil, err
		}
		value := part{}
		if end == '=' {
			if value, end, err = cutPart(bytes, models.LongestText, '&'); err != nil {
				return nil, nil, err
			}
		}
		if name.characters > longestName {
			return nil, nil, echo.NewHTTPError(http.StatusBadRequest)
		}
		if len(name.text) > 0 {
			if kept += len(name.text) + len(value.text) + 64; kept > keptForm {
				if _, err := io.Copy(io.Discard, bytes); err != nil {
					return nil, nil, err
				}
				return nil, nil, errLongForm
			}
			form.Add(string(name.text), string(value.text))
			if value.characters > models.LongestText {
				cut = append(cut, admin.Cut{Field: string(name.text), Characters: value.characters, Kept: utf8.RuneCount(value.text)})
			}
		}
		if end == 0 {
			return form, cut, nil
		}
	}
}

// part is a name or a value of a form: its beginning, and its length.
type part struct {
	text       []byte
	characters int
}

// cutPart reads up to an end, which it returns: 0 is that of the form. A line's
// end is one character, as it is stored.
func cutPart(from *bufio.Reader, longest int, until byte) (read part, end byte, err error) {
	for {
		b, err := from.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return read, 0, nil
		case err != nil:
			return read, 0, err
		case b == until || b == '&':
			return read, b, nil
		case b == '+':
			b = ' '
		case b == '%':
			var pair [2]byte
			if _, err := io.ReadFull(from, pair[:]); err != nil {
				return read, 0, badForm(err)
			}
			plain, err := url.PathUnescape("%" + string(pair[:]))
			if err != nil {
				return read, 0, badForm(err)
			}
			b = plain[0]
		}
		if b == '\r' {
			continue
		}
		if utf8.RuneStart(b) {
			read.characters++
		}
		if read.characters <= longest+1 && len(read.text) < (longest+1)*utf8.UTFMax {
			read.text = append(read.text, b)
		}
	}
}

// badForm is a form that cannot be read: one that ends too soon, or is too large.
func badForm(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}
