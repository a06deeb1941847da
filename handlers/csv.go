package handlers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
)

// csvPatience is how long somebody may take to read a part of a file.
const csvPatience = time.Minute

// csvPart is how many rows that part has.
const csvPart = 5000

// sendCSV sends a file row by row as rows writes them. Cells that a spreadsheet
// program would run are guarded. A fault in the middle breaks the connection
// off, so that nobody takes half a file for a whole one.
func (a adminPages) sendCSV(c echo.Context, name string, rows func(write func(cells []string) error) error) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	out, limits, count := csv.NewWriter(c.Response()), http.NewResponseController(c.Response()), 0
	err := rows(func(cells []string) error {
		if count%csvPart == 0 {
			if err := limits.SetWriteDeadline(time.Now().Add(csvPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return fmt.Errorf("give a file time: %w", err)
			}
		}
		count++
		for i, cell := range cells {
			cells[i] = models.CSVCell(cell)
		}
		return out.Write(cells)
	})
	out.Flush()
	if err = errors.Join(err, out.Error()); err == nil {
		return nil
	}
	if !c.Response().Committed {
		header.Del(echo.HeaderContentDisposition)
		return err
	}
	if c.Request().Context().Err() == nil {
		a.log.ErrorContext(c.Request().Context(), "a file broke off", "route", c.Path(), "rows", count, "error", err)
	}
	panic(http.ErrAbortHandler)
}
