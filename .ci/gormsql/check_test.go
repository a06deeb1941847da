package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shop is a package whose comments say which lines are to be found.
const shop = `package shop

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

const byName = "LOWER(name)"

type row struct{ ID int64 }

type column string

func queries(db *gorm.DB, s string, c column, any any, ids []int64, names []string, id int64) {
	var rows []row
	db.Order(byName + " DESC").Order("id")
	db.Order(clause.OrderByColumn{Column: clause.Column{Name: s}})
	db.Order(s)                          // found
	db.Order(s + " DESC")                // found
	db.Order(fmt.Sprintf("%s DESC", s))  // found
	db.Order(c)                          // found
	db.Order(any)                        // found
	db.Group(s)                          // found
	db.Table(s)                          // found
	db.Table("rows").Pluck(s, &ids)      // found
	db.Where("name = ?", s).Where(&row{ID: id}).Where(map[string]any{"name": s}).Where(db.Where("id = ?", id))
	db.Where("name = '" + s + "'")       // found
	db.Or(s, id)                         // found
	db.Not(s)                            // found
	db.Having(s)                         // found
	db.Joins("JOIN rows r ON r.id = ?", id)
	db.Joins(s)                          // found
	db.InnerJoins(s)                     // found
	db.Raw("SELECT ?", s).Exec("DELETE FROM rows WHERE name = ?", s)
	db.Raw("SELECT " + s)                // found
	db.Exec(s)                           // found
	db.Select("id", "name").Select("COALESCE(name, ?)", s)
	db.Select(s)                         // found
	db.Select("id", s)                   // found
	db.Select(names)                     // found
	db.Distinct(s)                       // found
	db.Find(&rows, ids).First(&rows, id).Take(&rows, "id = ?", s).Last(&rows, nil)
	db.First(&rows, s)                   // found
	db.Take(&rows, s)                    // found
	db.Last(&rows, s)                    // found
	db.Find(&rows, s, id)                // found
	db.Find(&rows, names)                // found
	db.Delete(&rows, s)                  // found
	db.Preload("Items", func(db *gorm.DB) *gorm.DB { return db.Order("id") }).Preload(clause.Associations)
	db.Preload("Items", s)               // found
	db.Update("name", gorm.Expr("name || ?", s))
	db.Update("name", gorm.Expr(s))      // found
	db.Clauses(clause.Expr{SQL: "name = ?", Vars: []interface{}{s}})
	db.Clauses(clause.Expr{SQL: s})      // found
	db.Clauses(&clause.NamedExpr{SQL: s}) // found
	db.Order(clause.Column{Name: s, Raw: true}) // found
}
`

func TestFindsSQLMadeAtRunTime(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "shop.go", shop, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := list([]string{"fmt", gormPath})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := check(fset, "shop", []*ast.File{file}, importsFrom(fset, packages))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range findings {
		found = append(found, strings.Split(f, ":")[1])
	}
	var want []string
	for i, line := range strings.Split(shop, "\n") {
		if strings.HasSuffix(line, "// found") {
			want = append(want, strconv.Itoa(i+1))
		}
	}
	if !slices.Equal(found, want) {
		t.Errorf("found lines %v, want %v\n%s", found, want, strings.Join(findings, "\n"))
	}
}
