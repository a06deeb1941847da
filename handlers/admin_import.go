package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// shownFaults is how many bad rows the page of an import shows. The file with
// them has all.
const shownFaults = 100

// shownTitles is how many products of a file its page names.
const shownTitles = 10

func importPath(id int64) string { return fmt.Sprintf("/admin/import/%d", id) }

func (a adminPages) importsPage(c echo.Context) (admin.ImportsPage, error) {
	var page admin.ImportsPage
	var err error
	if page.Frame, err = a.frame(c, "Import and export", "/admin/products"); err != nil {
		return page, err
	}
	if page.Imports, err = a.store.Imports(c.Request().Context(), before(c), adminPage); err != nil {
		return page, err
	}
	if n := len(page.Imports); n > 0 {
		page.NextPage = older("/admin/import", url.Values{}, n, page.Imports[n-1].ID)
	}
	return page, nil
}

func (a adminPages) imports(c echo.Context) error {
	page, err := a.importsPage(c)
	if err != nil {
		return err
	}
	return a.show(c, admin.Imports(page))
}

// receiveImport takes a file in as it comes. What is chosen stands before it in
// the form.
func (a adminPages) receiveImport(c echo.Context) error {
	request := c.Request()
	if err := giveTime(c); err != nil {
		return err
	}
	sent := request.Body
	request.Body = http.MaxBytesReader(c.Response(), sent, models.MaxImport+64<<10)
	form, err := request.MultipartReader()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	var received models.Import
	var file models.ImportFile
	err = &models.InvalidError{Field: "file", Message: "Choose a CSV file."}
	for {
		part, partErr := form.NextPart()
		if errors.Is(partErr, io.EOF) {
			break
		}
		if partErr != nil {
			return echo.NewHTTPError(http.StatusBadRequest).SetInternal(partErr)
		}
		if name := part.FormName(); name == "existing" || name == "encoding" {
			choice, readErr := io.ReadAll(io.LimitReader(part, 20))
			if readErr != nil {
				return echo.NewHTTPError(http.StatusBadRequest).SetInternal(readErr)
			}
			file.KeepExisting = file.KeepExisting || string(choice) == "keep"
			file.Windows1252 = file.Windows1252 || string(choice) == "windows-1252"
		}
		if part.FormName() == "file" && part.FileName() != "" {
			file.Name, file.Content = part.FileName(), part
			received, err = a.takeFile(c, file)
			break
		}
	}
	if faults, bad := faultsIn(err); bad {
		// A browser shows no answer before it has sent everything; where it stops
		// sending, nobody reads one.
		_, _ = io.Copy(io.Discard, io.LimitReader(sent, uploadSize))
		page, err := a.importsPage(c)
		if err != nil {
			return err
		}
		page.Keep, page.Windows1252, page.Errors = file.KeepExisting, file.Windows1252, faults
		return render(c, http.StatusUnprocessableEntity, admin.Imports(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importPath(received.ID))
}

func (a adminPages) takeFile(c echo.Context, file models.ImportFile) (models.Import, error) {
	received, err := a.store.ReceiveImport(c.Request().Context(), file, actor(c, staffOf(c)))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = &models.InvalidError{Field: "file", Message: fmt.Sprintf("That file is larger than %d MB. Split it into several.", models.MaxImport>>20)}
	}
	return received, err
}

// importNotices are what the page of an import says after something was done.
var importNotices = map[string]views.Notice{
	"started":   {Kind: views.NoticeSuccess, Text: "The import has begun. You may close this page; it goes on."},
	"cancelled": {Kind: views.NoticeInfo, Text: "Cancelled. What was imported before stays."},
	"busy":      {Kind: views.NoticeInfo, Text: "The import had moved on by then, so nothing was done."},
}

// importOf reads the import that the address names.
func (a adminPages) importOf(c echo.Context) (models.Import, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Import{}, models.ErrNotFound
	}
	return a.store.ImportByID(c.Request().Context(), id)
}

func (a adminPages) showImport(c echo.Context) error { return a.importPage(c, http.StatusOK, nil) }

func (a adminPages) importPage(c echo.Context, status int, faults []views.FieldError) error {
	i, err := a.importOf(c)
	if err != nil {
		return err
	}
	page := admin.ImportPage{Import: i, Errors: faults}
	if page.Frame, err = a.frame(c, "Import of "+i.Name, "/admin/products"); err != nil {
		return err
	}
	if notice, ok := importNotices[c.QueryParam("notice")]; ok {
		page.Frame.Notice = &notice
	}
	if page.Faults, err = a.store.ImportFaults(c.Request().Context(), i.ID, 0, shownFaults); err != nil {
		return err
	}
	if page.Read, err = a.store.ImportTitles(c.Request().Context(), i, shownTitles); err != nil {
		return err
	}
	if page.Pictures, err = a.store.FetchTally(c.Request().Context(), i.ID, shownFaults); err != nil {
		return err
	}
	return render(c, status, admin.ShowImport(page))
}

func (a adminPages) startImport(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	i, err := a.importOf(c)
	if err != nil {
		return err
	}
	err = a.store.StartImport(c.Request().Context(), i.ID, form.Get("without") != "", actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		return a.importPage(c, http.StatusUnprocessableEntity, faults)
	}
	return a.afterImport(c, i, err, "started")
}

func (a adminPages) cancelImport(c echo.Context) error {
	if _, err := postForm(c); err != nil {
		return err
	}
	i, err := a.importOf(c)
	if err != nil {
		return err
	}
	return a.afterImport(c, i, a.store.CancelImport(c.Request().Context(), i.ID, actor(c, staffOf(c))), "cancelled")
}

func (a adminPages) afterImport(c echo.Context, i models.Import, err error, notice string) error {
	if errors.Is(err, models.ErrImportBusy) {
		notice, err = "busy", nil
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importPath(i.ID)+"?notice="+notice)
}

// failedRows sends the rows that were left out, as they came, with the reason.
func (a adminPages) failedRows(c echo.Context) error {
	i, err := a.importOf(c)
	if err != nil {
		return err
	}
	return a.sendCSV(c, fmt.Sprintf("import-%d-left-out.csv", i.ID), func(write func([]string) error) error {
		return a.store.BadRows(c.Request().Context(), i.ID, write)
	})
}

// export notes who takes a list, and sends it. HEAD takes nothing.
func (a adminPages) export(c echo.Context, list, name string, rows func(write func([]string) error) error) error {
	if c.Request().Method != http.MethodHead {
		if err := a.store.Exporting(c.Request().Context(), list, actor(c, staffOf(c))); err != nil {
			return err
		}
	}
	return a.sendCSV(c, name, rows)
}

func (a adminPages) exportProducts(c echo.Context) error {
	texts := models.ProductTexts{
		PictureURL: func(key string) string { // the largest that an import takes
			if models.Uploaded(key) {
				return a.frames.canonical(views.PictureURL(key, 1280, "webp"))
			}
			return a.frames.canonical(views.PictureURL(key, 640, "jpg"))
		},
		HTML: func(description string) (string, error) { return asHTML(exporter, description) },
	}
	return a.export(c, "products", "products.csv", func(write func([]string) error) error {
		return a.store.ExportProducts(c.Request().Context(), texts, write)
	})
}

func (a adminPages) exportOrders(c echo.Context) error {
	filter := models.OrderFilter{Search: c.QueryParam("q"), Status: orderStatus(c)}
	list := "orders"
	if filter.Status != "" {
		list += ", " + string(filter.Status)
	}
	if filter.Search != "" {
		list += ", “" + filter.Search + "”"
	}
	return a.export(c, list, "orders.csv", func(write func([]string) error) error {
		return a.store.ExportOrders(c.Request().Context(), filter, write)
	})
}
