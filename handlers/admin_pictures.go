package handlers

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// uploadRows is how many pictures can be sent at once.
const uploadRows = 4

func (a adminPages) picturesPage(c echo.Context, product models.Product) (admin.PicturesPage, error) {
	page := admin.PicturesPage{Product: product, Uploads: make([]string, uploadRows)}
	for i, picture := range product.Pictures {
		page.Pictures = append(page.Pictures, admin.PictureForm{
			Picture: picture, Alt: picture.Alt, Position: fmt.Sprint(i + 1), Focus: models.Focus{X: picture.FocusX, Y: picture.FocusY},
		})
		switch picture.Status {
		case models.PictureWaiting:
			page.Waiting++
		case models.PictureReady:
			page.Ready++
		}
	}
	var err error
	page.Frame, err = a.frame(c, "Pictures of "+product.Name, "/admin/products")
	return page, err
}

// pictureNotices are what the page of pictures says after something was done.
var pictureNotices = map[string]string{
	"uploaded": "Uploaded. The shop shows a picture as soon as its sizes are made.",
	"saved":    "Saved. The shop shows it now.",
}

func (a adminPages) pictures(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	page, err := a.picturesPage(c, product)
	if err != nil {
		return err
	}
	if text, ok := pictureNotices[c.QueryParam("notice")]; ok {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	return a.show(c, admin.Pictures(page))
}

// uploadPictures takes pictures in. Those that are good are kept even where
// others are not.
func (a adminPages) uploadPictures(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	form, err := multipartForm(c)
	if err != nil {
		return err
	}
	defer form.RemoveAll() //nolint:errcheck // temporary files
	typed := make([]string, uploadRows)
	var faults []views.FieldError
	sent, status := 0, http.StatusUnprocessableEntity
	for i := range uploadRows {
		file, alt := fmt.Sprintf("file-%d", i), fmt.Sprintf("new-alt-%d", i)
		if values := form.Value[alt]; len(values) > 0 {
			typed[i] = strings.TrimSpace(values[0])
		}
		headers := form.File[file]
		if len(headers) == 0 || headers[0].Size == 0 {
			if typed[i] != "" {
				faults = append(faults, views.FieldError{Field: file, Message: "Choose the file of this picture."})
			}
			continue
		}
		sent++
		if fault := models.AltFault(typed[i]); fault != "" {
			faults = append(faults, views.FieldError{Field: alt, Message: fault + " Then choose the file again."})
			continue
		}
		err := a.takePicture(c, product.ID, headers[0], typed[i])
		if bad, answer := a.uploadFaults(c, file, err); bad != nil {
			faults, status = append(faults, views.FieldError{Field: file, Message: bad[0].Message}), max(status, answer)
			continue
		}
		if err != nil {
			return err
		}
		typed[i] = ""
	}
	if sent == 0 && len(faults) == 0 {
		faults = append(faults, views.FieldError{Field: "file-0", Message: "Choose a picture."})
	}
	if len(faults) == 0 {
		return c.Redirect(http.StatusSeeOther, productPath(product.ID)+"/pictures?notice=uploaded")
	}
	if product, err = a.productOf(c); err != nil { // with those that were taken
		return err
	}
	page, err := a.picturesPage(c, product)
	if err != nil {
		return err
	}
	page.Uploads, page.Errors = typed, faults
	return render(c, status, admin.Pictures(page))
}

func (a adminPages) takePicture(c echo.Context, productID int64, header *multipart.FileHeader, alt string) error {
	file, err := openUpload(header)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	picture := models.Picture{Alt: alt}
	if picture.Key, picture.Width, picture.Height, err = a.uploads.Take(c.Request().Context(), file); err != nil {
		return err
	}
	if err := a.store.AddPicture(c.Request().Context(), productID, picture); err != nil {
		return errors.Join(err, a.uploads.Remove(context.WithoutCancel(c.Request().Context()), picture.Key))
	}
	return nil
}

func (a adminPages) savePictures(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	form, err := postFormUpTo(c, productFormSize) // many texts
	if err != nil {
		return err
	}
	page, err := a.picturesPage(c, product)
	if err != nil {
		return err
	}
	edits := readPictures(&page, form)
	if form.Get("do") == "edit" {
		page.Frame.Notice, page.Errors = unsaved, nil
		return a.show(c, admin.Pictures(page))
	}
	if len(page.Errors) == 0 {
		err = a.store.SavePictures(c.Request().Context(), product.ID, page.Product.PicturesVersion, edits, actor(c, staffOf(c)))
		if isConflict(err) {
			return a.picturesConflict(c, form)
		}
		if faults, bad := faultsIn(err); bad {
			page.Errors, err = faults, nil
		}
	}
	if err != nil {
		return err
	}
	if len(page.Errors) > 0 {
		return render(c, http.StatusUnprocessableEntity, admin.Pictures(page))
	}
	return c.Redirect(http.StatusSeeOther, productPath(product.ID)+"/pictures?notice=saved")
}

// readPictures reads the form into the page, so that nothing typed is lost, and
// returns what it changes.
func readPictures(page *admin.PicturesPage, form url.Values) []models.PictureEdit {
	var edits []models.PictureEdit
	page.Product.PicturesVersion, _ = whole(form.Get("version"))
	for i := range page.Pictures {
		shown := &page.Pictures[i]
		field := func(name string) string { return models.PictureField(shown.Picture.ID, name) }
		if !form.Has(field("alt")) {
			continue // uploaded meanwhile
		}
		shown.Alt, shown.Position = strings.TrimSpace(form.Get(field("alt"))), strings.TrimSpace(form.Get(field("position")))
		shown.Remove = form.Get(field("remove")) != ""
		position, ok := whole(shown.Position)
		if !ok && !shown.Remove {
			page.Errors = append(page.Errors, views.FieldError{Field: field("position"), Message: "Enter a whole number: 1 comes first."})
		}
		edit := models.PictureEdit{ID: shown.Picture.ID, Alt: shown.Alt, Position: int(position), Remove: shown.Remove}
		if chosen, ok := whole(form.Get(field("focus"))); ok && chosen >= 0 && int(chosen) < len(models.Foci) {
			shown.Focus = models.Foci[chosen]
			edit.Focus = &shown.Focus
		}
		edits = append(edits, edit)
	}
	return edits
}

// picturesConflict shows what was typed beside what somebody else saved.
func (a adminPages) picturesConflict(c echo.Context, form url.Values) error {
	product, err := a.productOf(c) // as it is by now
	if err != nil {
		return err
	}
	page, err := a.picturesPage(c, product)
	if err != nil {
		return err
	}
	theirs := picturesSay(page.Pictures)
	readPictures(&page, form)
	return a.textConflict(c, rivals{
		section: "/admin/products", what: "the pictures of " + product.Name, path: productPath(product.ID) + "/pictures" + savePath,
		version: product.PicturesVersion, mine: picturesSay(page.Pictures), theirs: theirs, form: form,
	})
}
