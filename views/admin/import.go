package admin

import (
	"fmt"

	"github.com/a-h/templ"

	"tuckshop/models"
	"tuckshop/views"
)

// ImportsPage takes files of products, and lists those that came.
type ImportsPage struct {
	Frame    Frame
	Keep     bool // products that are there stay as they are
	Imports  []models.Import
	NextPage string
	Errors   []views.FieldError

	Windows1252 bool // what the file is where it is not UTF-8
}

// ImportPage shows what a file would do, is doing or has done.
type ImportPage struct {
	Frame    Frame
	Import   models.Import
	Faults   []models.ImportFault // the first of them
	Read     []string             // titles as they were read, the first of them
	Pictures models.FetchTally
	Errors   []views.FieldError
}

// busy reports whether something still goes on.
func (p ImportPage) busy() bool { return p.Import.Working() || p.Pictures.Waiting > 0 }

// importStatuses are the states of an import in plain words.
var importStatuses = map[models.ImportStatus]string{
	models.ImportReceiving: "being sent", models.ImportChecking: "being checked", models.ImportChecked: "waiting for you", models.ImportRunning: "being imported",
	models.ImportDone: "imported", models.ImportCancelled: "cancelled", models.ImportFailed: "refused",
}

func importURL(id int64, below string) templ.SafeURL {
	return templ.SafeURL(fmt.Sprintf("/admin/import/%d%s", id, below))
}

// counted is so many of something.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// importAdvice says what staff can do with a file that was checked.
func importAdvice(i models.Import) string {
	goes := i.NewProducts + i.ChangedProducts
	switch {
	case i.RowsRead == 0:
		return "The file names columns and nothing else: it holds no rows. There is nothing to import."
	case goes == 0 && i.BadRows == 0:
		return "All of this is in the shop already. There is nothing to import."
	case goes == 0:
		return "None of it can be imported as it is. Save the rows that are left out, mend them, and send that file."
	case i.BadRows == 0:
		return "Nothing was changed yet. All rows are good."
	}
	return "Nothing was changed yet. You can mend the file and send it anew, or import the good ones now and send the others later: the file with the rows that are left out has the same columns."
}
