package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// A file that is not UTF-8 says where, and is read as Windows-1252 only where
// somebody says that it is that.
func TestImportGuessesNoEncoding(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	const save = "Save it as “CSV UTF-8” in your spreadsheet program, and send that."
	for name, c := range map[string]struct{ file, western, other string }{
		"Windows-1252": {
			"Handle,Title\ncup,Cup\ncoffee,\"Caf\xe9, strong\"\n",
			"Line 3, column Title, is not UTF-8. Should it say “Café, strong”? Then choose “Windows-1252” and send the file again. Does it say something else? " + save, "",
		},
		"a long cell in several lines": {
			"Handle;Title;Description\ncup;Cup;\"" + strings.Repeat("long\n", 99) + "before it; caf\xe9; after\"\n",
			"Line 101, column Description, is not UTF-8. Should it say “… long long long before it; caf\u00e9; after”?", "",
		},
		"Windows-1251": {
			"Handle,Title\npen,\xd0\xf3\xf7\xea\xe0\n",
			"Line 2, column Title, is not UTF-8. Should it say “Ðó÷êà”?", "",
		},
		"Shift-JIS": {
			"Handle,Title\ntea,\x83e\x83B\x81[\n",
			"Line 2, column Title, is not UTF-8, and cannot be read. " + save,
			"Line 2, column Title, is not Windows-1252 either. " + save,
		},
		"the header":           {"Handle,Titl\xe9\n", "Line 1, the name of column 2, is not UTF-8. Should it say “Titlé”?", ""},
		"mixed":                {"Handle,Title\ncaf\u00e9,Caf\xe9\n", "Line 2, column Title, mixes two encodings: ", "Line 2, column Title, mixes two encodings: "},
		"too far to the right": {"Handle,Title\na,b,\xe9\n", "Line 2, column 3, is not UTF-8.", ""},
	} {
		for western, want := range map[bool]string{false: c.western, true: c.other} {
			i, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "f.csv", Windows1252: western, Content: strings.NewReader(c.file)}, merchant)
			var fault *models.InvalidError
			switch {
			case want == "" && (err != nil || i.Encoding != "Windows-1252"):
				t.Errorf("%s, chosen: %q, %v", name, i.Encoding, err)
			case want != "" && (!errors.As(err, &fault) || !strings.HasPrefix(fault.Message, want)):
				t.Errorf("%s: %v\nwant %s", name, err, want)
			}
		}
	}
}

func TestImportShowsTitles(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	file := "Handle,Title,SKU,Price\n"
	for n := range 30 {
		file += fmt.Sprintf("cup-%d,Cup %d,C-%d,3\n", n, n, n)
	}
	i := receiveFile(t, store, file+"cafe,Caf\xe9,C,3\n", false)
	titles, err := store.ImportTitles(t.Context(), i, 3)
	if want := []string{"“Café”", "“Cup 0”", "“Cup 1”"}; err != nil || !slices.Equal(titles, want) {
		t.Errorf("%q, %v; want %q", titles, err, want)
	}
	if i = receiveFile(t, store, "Handle,Title", false); i.RowsRead != 0 || i.Status != models.ImportChecked {
		t.Errorf("a header alone: %+v", i)
	}
	if titles, err := store.ImportTitles(t.Context(), i, 3); err != nil || len(titles) != 0 {
		t.Errorf("of a header alone: %q, %v", titles, err)
	}
}
