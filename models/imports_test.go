package models_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

var merchant = models.Actor{Email: "owner@example.com", Address: "192.0.2.1"}

// receiveFile sends a file of products and has all of it checked.
func receiveFile(t *testing.T, store *models.Store, file string, keep bool) models.Import {
	t.Helper()
	received, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "products.csv", KeepExisting: keep, Windows1252: true, Content: strings.NewReader(file)}, merchant)
	if err != nil {
		t.Fatal(err)
	}
	return workOn(t, store, received.ID)
}

// workOn does what the job does.
func workOn(t *testing.T, store *models.Store, id int64) models.Import {
	t.Helper()
	for {
		more, err := store.WorkImport(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	i, err := store.ImportByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// bring imports a file that has no bad rows.
func bring(t *testing.T, store *models.Store, file string) models.Import {
	t.Helper()
	i := receiveFile(t, store, file, false)
	if i.Status != models.ImportChecked || i.BadRows != 0 {
		t.Fatalf("checked: %+v\n%v", i, reasons(t, store, i))
	}
	if err := store.StartImport(t.Context(), i.ID, false, merchant); err != nil {
		t.Fatal(err)
	}
	return workOn(t, store, i.ID)
}

// reasons are the bad rows of an import, "line: reason".
func reasons(t *testing.T, store *models.Store, i models.Import) []string {
	t.Helper()
	faults, err := store.ImportFaults(t.Context(), i.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, fault := range faults {
		said = append(said, fmt.Sprintf("%d: %s", fault.Line, fault.Reason))
	}
	return said
}

// TestImportTakesLittleMemory has a product of many bytes among others, which is
// left out as a whole, and many products of some.
func TestImportTakesLittleMemory(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		file := "Handle,Title,Price,Option1 Name,Option1 Value,Body (HTML),Vendor\nmug,Mug,5,,,,\n"
		for size := range 20 {
			file += fmt.Sprintf("cap,Cap,5,Size,%d,,%s\n", size, strings.Repeat("long ", 50_000))
		}
		file += "pen,Pen,5,,,,\n"
		i := receiveFile(t, store, file, false)
		want := []string{"3: The rows of one product may have 4 MB together."}
		if got := reasons(t, store, i); !slices.Equal(got, want) || i.BadProducts != 1 || i.NewProducts != 2 || i.RowsRead != 22 || i.UnreadRows != 0 {
			t.Errorf("%+v\n%q", i, got)
		}
		written := 0
		err := store.BadRows(t.Context(), i.ID, func([]string) error { written++; return nil })
		if err != nil || written != 21 {
			t.Errorf("%d lines of bad rows, %v", written, err)
		}
		if err := store.StartImport(t.Context(), i.ID, true, merchant); err != nil {
			t.Fatal(err)
		}
		if i = workOn(t, store, i.ID); i.Status != models.ImportDone || i.Created != 2 {
			t.Errorf("imported: %+v", i)
		}

		file = "Handle,Title,Price,Vendor\n"
		for n := range 18 {
			file += fmt.Sprintf("hat-%d,Hat,5,%s\n", n, strings.Repeat("long ", 50_000))
		}
		received, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "products.csv", Content: strings.NewReader(file)}, merchant)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.WorkImport(t.Context(), received.ID); err != nil {
			t.Fatal(err)
		}
		if i, err := store.ImportByID(t.Context(), received.ID); err != nil || i.RowsRead != 17 {
			t.Errorf("the first piece has %d rows, %v", i.RowsRead, err)
		}
	})
}

const fileOfTwo = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image,Status
wool-cap,Wool cap,"<p>Knitted in <strong>Wales</strong>.</p>
<ul><li>Warm</li><li>Light</li></ul>",Acme,Hats,"winter, wool",TRUE,Colour,Red,Size,S,,,CAP-RS,120,shopify,5,deny,24.00,30.00,96385074,,,,,active
wool-cap,,,,,,,,Red,,M,,,CAP-RM,130.0,shopify,0,deny,24.00,,96385081,,,,,
wool-cap,,,,,,,,Blue,,S,,,,120,shopify,7,deny,26.5,,96385098,,,,,
mug,Mug,Plain & simple,Acme,Cups,,FALSE,Title,Default Title,,,,,MUG,300,shopify,3,continue,12,,96385104,,,,,
`

func TestImportMakesProducts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		i := receiveFile(t, store, fileOfTwo, false)
		if i.Status != models.ImportChecked || i.NewProducts != 2 || i.BadRows != 0 || i.RowsRead != 4 || i.Percent() != 100 || i.Encoding != "UTF-8" {
			t.Fatalf("checked: %+v\n%v", i, reasons(t, store, i))
		}
		if got := strings.Join(i.Ignored(), ", "); got != "Vendor, Type, Tags, Variant Inventory Tracker" {
			t.Errorf("ignored: %s", got)
		}
		if _, n, err := store.Products(t.Context(), models.ProductFilter{Drafts: true, PerPage: 9}); err != nil || n != 0 {
			t.Fatalf("a check made %d products, %v", n, err)
		}
		if err := store.StartImport(t.Context(), i.ID, false, merchant); err != nil {
			t.Fatal(err)
		}
		if err := store.StartImport(t.Context(), i.ID, false, merchant); !errors.Is(err, models.ErrImportBusy) {
			t.Errorf("started twice: %v", err)
		}
		if i = workOn(t, store, i.ID); i.Status != models.ImportDone || i.Created != 2 || i.Updated != 0 || i.BadProducts != 0 {
			t.Fatalf("imported: %+v", i)
		}
		cap, err := store.ProductBySlug(t.Context(), "wool-cap")
		if err != nil {
			t.Fatal(err)
		}
		if cap.Description != "Knitted in **Wales**.\n\n- Warm\n- Light" {
			t.Errorf("description %q", cap.Description)
		}
		var said []string
		for _, v := range cap.Variants {
			said = append(said, fmt.Sprintf("%s|%s|%d|%d|%d|%d", v.Title(), v.SKU, v.Price, v.CompareAt, v.Stock, v.WeightGrams))
		}
		want := "Red / S|CAP-RS|2400|3000|5|120, Red / M|CAP-RM|2400|0|0|130, Blue / S|WOOL-CAP-BLUE-S|2650|0|7|120"
		if got := strings.Join(said, ", "); got != want {
			t.Errorf("variants\n%s, want\n%s", got, want)
		}
		if len(cap.Options) != 2 || cap.Options[0].Name != "Colour" || len(cap.Options[0].Values) != 2 || len(cap.Options[1].Values) != 2 {
			t.Errorf("options: %+v", cap.Options)
		}
		ledger, err := store.StockLedger(t.Context(), cap.ID, 0, 10)
		if err != nil || len(ledger) != 2 || ledger[1].Change != 5 || ledger[1].Cause != models.StockOpening || ledger[1].Actor != merchant.Email {
			t.Errorf("ledger: %+v, %v", ledger, err)
		}
		drafts, n, err := store.Products(t.Context(), models.ProductFilter{Drafts: true, Status: models.ProductDraft, PerPage: 9})
		if err != nil || n != 1 || drafts[0].Slug != "mug" || len(drafts[0].Options) != 0 || drafts[0].Variants[0].SKU != "MUG" ||
			drafts[0].Variants[0].Policy != models.StockBackorder || drafts[0].Variants[0].Barcode == "" || cap.Variants[0].Policy != models.StockDeny {
			t.Errorf("drafts: %+v, %v", drafts, err)
		}

		again := receiveFile(t, store, fileOfTwo, false)
		if again.SameProducts != 2 || again.ChangedProducts+again.NewProducts+again.BadProducts != 0 {
			t.Errorf("the same file again: %+v\n%v", again, reasons(t, store, again))
		}
	})
}

func TestImportUpdatesProducts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		bring(t, store, fileOfTwo)
		before, err := store.ProductBySlug(t.Context(), "wool-cap")
		if err != nil {
			t.Fatal(err)
		}
		// Fewer columns, by their newer names: the rest stays.
		file := "URL handle;Title;Option1 value;Option2 value;SKU;Inventory quantity;Price\n" +
			"wool-cap;Woollen cap;Red;S;CAP-RS;9;25,00\n" +
			"wool-cap;;Green;S;CAP-GS;2;25\n"
		kept := receiveFile(t, store, file, true)
		if kept.SameProducts != 1 || kept.ChangedProducts != 0 {
			t.Errorf("existing ones are left: %+v", kept)
		}
		i := bring(t, store, file)
		if i.Updated != 1 || i.Created != 0 || i.Separator != ";" {
			t.Fatalf("imported: %+v", i)
		}
		after, err := store.ProductBySlug(t.Context(), "wool-cap")
		if err != nil {
			t.Fatal(err)
		}
		if after.ID != before.ID || after.Name != "Woollen cap" || after.Description != before.Description || len(after.Variants) != 4 || len(after.Options[0].Values) != 3 {
			t.Errorf("after: %+v", after)
		}
		if v := after.Variants[0]; v.ID != before.Variants[0].ID || v.Stock != 9 || v.Price != 2500 || v.CompareAt != 3000 || v.WeightGrams != 120 {
			t.Errorf("the first variant: %+v", v)
		}
		ledger, err := store.StockLedger(t.Context(), after.ID, 0, 10)
		if err != nil || len(ledger) != 4 {
			t.Fatalf("ledger: %+v, %v", ledger, err)
		}
		sums := map[int64]int64{}
		for _, line := range ledger {
			sums[line.VariantID] += line.Change
		}
		for _, v := range after.Variants {
			if sums[v.ID] != v.Stock {
				t.Errorf("the ledger of %s comes to %d, its stock is %d", v.SKU, sums[v.ID], v.Stock)
			}
		}
	})
}

func TestImportSaysWhatIsWrongAndWhere(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		bring(t, store, fileOfTwo)
		file := strings.Join([]string{
			"Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Status,Image Src",
			"free,Free,,,F-1,10,1,0,active,",
			"light,Light,,,L-1,-5,1,1,active,",
			"good,Good,,,G-1,5,1,1,active,",
			"taken,Taken,,,MUG,5,1,1,active,",
			"twice,Twice,,,G-1,5,1,1,active,",
			`broken,"Broken,,,B-1,5,1,1,active,`,
			"words,Words,,,W-1,heavy,few,cheap,active,",
			"wild,Wild,,,X-1,5,1,1,sold,",
			"pair,Pair,Size,S,P-1,5,1,1,active,",
			"pair,,,M,P-1,5,1,1,,",
			"pair,,,M,P-3,5,-4,1,,",
			"short,Short,,,S-1,5,1,1,active,ftp://example.com/a.jpg",
			",Nameless,,,N-1,5,1,1,active,",
			"good,Again,,,G-9,5,1,1,active,",
			"long,Long,,,LO-1,5,1,1,active,,too,many",
			"fine,Fine,,,FI-1,5,1,1,,",
		}, "\n") + "\n"
		i := receiveFile(t, store, file, false)
		want := []string{
			"2: Variant Price: Enter a price above zero. It says “0”.",
			"3: Variant Grams: Enter the weight in grams, from 0 to 10000000. It says “-5”.",
			"5: Variant SKU: Another article has the SKU MUG.",
			"6: Variant SKU: Another product of the file has it, too, in line 4. It says “G-1”.",
			"7: A quote is opened and never closed.",
			"8: Variant Price: Enter an amount such as 12.50. It says “cheap”. Variant Inventory Qty: Enter a whole number. It says “few”. Variant Grams: Enter a whole number. It says “heavy”.",
			"9: Status: Choose a status. It says “sold”.",
			"11: Variant SKU: Another variant has the SKU P-1, too.",
			"12: Variant Inventory Qty: Enter the pieces on hand, from 0 to 10000000. It says “-4”. Option1 Value: Another variant is M, too.",
			"13: Image Src: “ftp://example.com/a.jpg” is no address of a picture. It must begin with https://.",
			"14: Handle: enter the product’s address, such as field-notebook.",
			"15: Handle: The product is in line 4, too. Put all its rows together, up to 500.",
			"16: The row has 12 cells, and the first line names 10 columns.",
		}
		if got := reasons(t, store, i); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("reasons\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if i.BadRows != int64(len(want)) || i.BadProducts != 12 || i.NewProducts != 2 {
			t.Errorf("checked: %+v", i)
		}
		if err := store.StartImport(t.Context(), i.ID, false, merchant); err == nil {
			t.Fatal("bad rows were left out unasked")
		}
		if err := store.StartImport(t.Context(), i.ID, true, merchant); err != nil {
			t.Fatal(err)
		}
		if i = workOn(t, store, i.ID); i.Created != 2 || i.BadRows != int64(len(want)) {
			t.Errorf("imported: %+v", i)
		}
		var bad []string
		err := store.BadRows(t.Context(), i.ID, func(cells []string) error {
			bad = append(bad, strings.Join(cells, "|"))
			return nil
		})
		if err != nil || len(bad) != 1+14 || !strings.HasSuffix(bad[0], "|Image Src|Reason") ||
			bad[1] != "free|Free|||F-1|10|1|0|active||"+want[0][3:] || !strings.Contains(bad[8], "not with this row") && !strings.Contains(bad[8], "in line 11") {
			t.Errorf("bad rows: %v\n%s", err, strings.Join(bad, "\n"))
		}
	})
}

func TestImportRefusesOtherFiles(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	for name, file := range map[string]string{
		"That file is empty":                        "",
		"one of them must be Handle":                "Name,Price\nCap,3\n",
		"That is a spreadsheet":                     "PK\x03\x04rest",
		"Two columns":                               "Handle,Price,Variant Price\n",
		"The first line must name":                  "Handle,\"Title\nx\n",
		"Line 3, column Title, mixes two encodings": "Handle,Title\nä,ä\nb,\xe4\n",
		"on very old computers":                     "Handle,Title\ra,b\r",
		"not text":                                  "Handle\x00Title",
	} {
		_, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "f.csv", Content: strings.NewReader(file)}, merchant)
		var fault *models.InvalidError
		if !errors.As(err, &fault) || !strings.Contains(fault.Message, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := store.ForgetImport(t.Context(), time.Now().Add(time.Hour)); left || err != nil {
		t.Errorf("refused files are kept: %t, %v", left, err)
	}
}

func TestImportReadsOtherEncodings(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	utf16 := func(text string, low, high int, mark string) string {
		out := []byte(mark)
		for _, r := range text {
			pair := [2]byte{}
			pair[low], pair[high] = byte(r), byte(r>>8)
			out = append(out, pair[:]...)
		}
		return string(out)
	}
	text := func(n int) string {
		return fmt.Sprintf("Handle\tTitle\tSKU\tPrice\r\n\r\nmug-%d\tMüsli bowl ¼\tMUG-%d\t3\r\n", n, n)
	}
	for n, c := range []struct{ encoding, file string }{
		{"UTF-8", text(0)},
		{"UTF-8", "\xef\xbb\xbf" + text(1)},
		{"UTF-16", utf16(text(2), 0, 1, "\xff\xfe")},
		{"UTF-16", utf16(text(3), 1, 0, "\xfe\xff")},
		{"UTF-16", utf16(text(4), 0, 1, "")},
		{"Windows-1252", strings.NewReplacer("ü", "\xfc", "¼", "\xbc").Replace(text(5))},
	} {
		i := bring(t, store, c.file)
		if i.Encoding != c.encoding || i.Created != 1 || i.Name != "products.csv" {
			t.Errorf("%d: %+v", n, i)
		}
		if p, err := store.ProductBySlug(t.Context(), fmt.Sprintf("mug-%d", n)); err != nil || p.Name != "Müsli bowl ¼" {
			t.Errorf("%d: %q, %v", n, p.Name, err)
		}
	}
}

// TestImportGoesOnWhereItStopped cuts an import off after every piece, and has
// two do the same piece at once.
func TestImportGoesOnWhereItStopped(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		var file strings.Builder
		file.WriteString("Handle,Title,Option1 Name,Option1 Value,SKU,Inventory quantity,Price\n")
		for n := range 130 {
			fmt.Fprintf(&file, "p-%d,Product %d,Size,S,A-%d,%d,5\np-%d,,,M,B-%d,1,6\n", n, n, n, n%4, n, n)
		}
		i := receiveFile(t, store, file.String(), false)
		if err := store.StartImport(t.Context(), i.ID, false, merchant); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 2)
		for range 2 {
			go func() {
				for {
					if more, err := store.WorkImport(t.Context(), i.ID); err != nil || !more {
						ended <- err
						return
					}
				}
			}()
		}
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		i = workOn(t, store, i.ID)
		_, n, err := store.Products(t.Context(), models.ProductFilter{PerPage: 1})
		if err != nil || n != 130 || i.Created != 130 || i.Status != models.ImportDone {
			t.Errorf("%d products, %v; %+v", n, err, i)
		}
	})
}

func TestImportCanBeCancelled(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	i := receiveFile(t, store, fileOfTwo, false)
	if err := store.CancelImport(t.Context(), i.ID, merchant); err != nil {
		t.Fatal(err)
	}
	if err := store.StartImport(t.Context(), i.ID, false, merchant); !errors.Is(err, models.ErrImportBusy) {
		t.Errorf("a cancelled import starts: %v", err)
	}
	if err := store.CancelImport(t.Context(), i.ID, merchant); !errors.Is(err, models.ErrImportBusy) {
		t.Errorf("cancelled twice: %v", err)
	}
	for _, want := range []bool{true, false} {
		if left, err := store.ForgetImport(t.Context(), time.Now().Add(time.Hour)); left != want || err != nil {
			t.Errorf("forget: %t, %v", left, err)
		}
	}
}

func TestImportGivesUpOnWhatIsNoCSV(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	i := receiveFile(t, store, "Handle,Title\n"+strings.Repeat("a\"b,c\n", 3000), false)
	if i.Status != models.ImportFailed || !strings.Contains(i.Fault, "More than 1000 rows cannot be read") {
		t.Errorf("%+v", i)
	}
	large := io.MultiReader(strings.NewReader("Handle,Title\n"), io.LimitReader(endless{}, 3<<20))
	received, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "f.csv", Content: large}, merchant)
	if err != nil {
		t.Fatal(err)
	}
	if i = workOn(t, store, received.ID); i.BadRows != 1 || reasons(t, store, i)[0] != "2: The row is longer than 512 kB." {
		t.Errorf("%+v %q", i, reasons(t, store, i))
	}
}

// endless is a line without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestCancelledImportKeepsItsPictures cancels an import half-way: what is in the
// shop by then gets its pictures.
func TestCancelledImportKeepsItsPictures(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		var file strings.Builder
		file.WriteString("Handle,Title,Variant Price,Image Src,Image Alt Text\n")
		for n := range 130 {
			fmt.Fprintf(&file, "pen-%d,Pen %d,1.00,https://pictures.example/%d.jpg,A pen\n", n, n, n)
		}
		i := receiveFile(t, store, file.String(), false)
		if err := store.StartImport(t.Context(), i.ID, false, merchant); err != nil {
			t.Fatal(err)
		}
		if more, err := store.WorkImport(t.Context(), i.ID); !more || err != nil {
			t.Fatalf("the first piece: %t, %v", more, err)
		}
		if err := store.CancelImport(t.Context(), i.ID, merchant); err != nil {
			t.Fatal(err)
		}
		tally, err := store.FetchTally(t.Context(), i.ID, 1)
		if err != nil || tally.Waiting == 0 {
			t.Fatalf("%+v, %v", tally, err)
		}
		if jobs, err := store.Jobs(t.Context(), models.JobFilter{State: models.JobWaiting, Limit: 100}); err != nil || !slices.ContainsFunc(jobs, func(j models.Job) bool { return j.Kind == models.FetchPicturesArgs{}.Kind() }) {
			t.Errorf("nobody fetches them: %+v, %v", jobs, err)
		}
	})
}
