package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
)

// How much of a file is kept, and how much of a form is read at all, in bytes.
// What lies between is read and dropped: a browser shows no answer before it has
// sent everything. Little of it is in memory at a time, the rest in temporary
// files. And how long all this may take.
const (
	uploadFile   = 20 << 20
	uploadSize   = 256 << 20
	uploadMemory = 256 << 10
	uploadTime   = 10 * time.Minute
)

// giveTime lets a request take as long as an upload may: the server's own
// time-out is for forms without files.
func giveTime(c echo.Context) error {
	limits := http.NewResponseController(c.Response())
	deadline := time.Now().Add(uploadTime)
	if err := errors.Join(limits.SetReadDeadline(deadline), limits.SetWriteDeadline(deadline)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("give an upload time: %w", err)
	}
	return nil
}

// multipartForm reads a form with files, until RemoveAll. Of a file that is too
// large it keeps the beginning, which openUpload refuses, and so all else that
// was typed.
func multipartForm(c echo.Context) (*multipart.Form, error) {
	request := c.Request()
	if err := giveTime(c); err != nil {
		return nil, err
	}
	request.Body = http.MaxBytesReader(c.Response(), request.Body, uploadSize)
	sent, err := request.MultipartReader()
	if err != nil {
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	short, into := io.Pipe()
	copied := multipart.NewWriter(into)
	done := make(chan struct{})
	go func() {
		defer close(done)
		into.CloseWithError(shorten(copied, sent))
	}()
	form, err := multipart.NewReader(short, copied.Boundary()).ReadForm(uploadMemory)
	short.Close() //nolint:errcheck,gosec // it has no error
	<-done        // nothing reads the request any more
	switch {
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
	case err != nil:
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	if !textForm(form.Value) {
		return nil, errors.Join(echo.NewHTTPError(http.StatusBadRequest), form.RemoveAll())
	}
	request.PostForm = form.Value // for whoever reads the form once more
	return form, nil
}

// shorten copies a form, of each part no more than shows that it is too large.
// It stops where the form as a whole is.
func shorten(to *multipart.Writer, from *multipart.Reader) error {
	for {
		part, err := from.NextPart()
		var tooLarge *http.MaxBytesError
		if errors.Is(err, io.EOF) || errors.As(err, &tooLarge) {
			return to.Close()
		}
		if err != nil {
			return err
		}
		into, err := to.CreatePart(part.Header)
		if err != nil {
			return err
		}
		_, err = io.Copy(into, io.LimitReader(part, uploadFile+1))
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil && !errors.As(err, &tooLarge) {
			return err
		}
	}
}

// oddName reports whether a file was sent under a name that is a path. No name
// that was sent is ever used.
func oddName(header *multipart.FileHeader) bool {
	_, parameters, err := mime.ParseMediaType(header.Header.Get("Content-Disposition"))
	return err != nil || strings.ContainsAny(parameters["filename"], `/\`)
}

// openUpload opens a file that was sent as a whole, under a plain name.
func openUpload(header *multipart.FileHeader) (multipart.File, error) {
	if header.Size > uploadFile {
		return nil, &models.InvalidError{Field: "file", Message: fmt.Sprintf("That file is larger than %d MB. Make the picture smaller, and choose it again.", uploadFile>>20)}
	}
	if oddName(header) {
		return nil, &models.InvalidError{Field: "file", Message: "That file’s name is a path. Give it a plain name."}
	}
	file, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	return file, nil
}
