package handlers

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// stream is a long answer that is sent as it is made, in flat memory.
type stream struct {
	*bufio.Writer
	response *echo.Response
	packer   packer // nil: as it is
}

// streamPatience is how long the reader may take over each part.
const streamPatience = 60 * time.Second

// documentMark differs between programs, and between addresses of the shop.
func documentMark(c Config) string {
	sum := sha256.Sum256([]byte(c.Version + "\n" + c.BaseURL))
	return hex.EncodeToString(sum[:6])
}

// streamed answers with what write writes, compressed where the client takes
// it. What fails before the first bytes have left is an error as always; after
// that the connection breaks, so that nobody takes a part for the whole. A
// client that has the answer of this version of the catalogue, from this program
// at this address, gets none.
func (h machines) streamed(c echo.Context, kind string, version int64, write func(w io.Writer) error) error {
	header, encoding := c.Response().Header(), negotiate(c.Request())
	etag := `W/"` + strconv.FormatInt(version, 36) + "-" + h.mark + `"`
	header.Set(echo.HeaderVary, "Accept-Encoding")
	header.Set(echo.HeaderCacheControl, "no-cache")
	header.Set("Etag", etag)
	if c.Request().Header.Get("If-None-Match") == etag {
		return c.NoContent(http.StatusNotModified)
	}
	header.Set(echo.HeaderContentType, kind)
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	s := &stream{response: c.Response()}
	pool, packed := packers[packing{encoding, true}]
	if packed {
		p, ok := pool.Get().(packer)
		if !ok {
			return fmt.Errorf("compress: no packer for %s", encoding)
		}
		defer pool.Put(p)
		p.Reset(sender{s})
		s.packer, s.Writer = p, bufio.NewWriterSize(p, 32<<10)
		header.Set(echo.HeaderContentEncoding, encoding)
	} else {
		s.Writer = bufio.NewWriterSize(sender{s}, 32<<10)
	}
	err := write(s)
	if err == nil {
		err = s.Flush()
	}
	if err == nil && packed {
		err = s.packer.Close()
	}
	switch {
	case err == nil:
		return nil
	case c.Response().Committed:
		h.log.WarnContext(c.Request().Context(), "an answer broke off", "route", c.Path(), "error", err)
		panic(http.ErrAbortHandler)
	}
	for _, name := range []string{echo.HeaderContentEncoding, echo.HeaderCacheControl, "Etag"} {
		header.Del(name)
	}
	return err
}

// sender sends parts, each in its own time.
type sender struct{ s *stream }

func (w sender) Write(part []byte) (int, error) {
	// A recorder of tests has no deadlines, which does no harm.
	_ = http.NewResponseController(w.s.response).SetWriteDeadline(time.Now().Add(streamPatience))
	return w.s.response.Write(part)
}
