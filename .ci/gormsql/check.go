package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

const (
	gormPath   = "gorm.io/gorm"
	clausePath = "gorm.io/gorm/clause"
)

// span says which arguments of a call are SQL: those from first up to, but not
// including, end. An end of 0 means the last argument is one of them.
type span struct{ first, end int }

// sqlArguments lists GORM's functions and methods whose arguments are SQL. The
// arguments that follow such a span are values for its placeholders.
var sqlArguments = map[string]span{
	"Distinct": {0, 0}, "Exec": {0, 1}, "Expr": {0, 1}, "Group": {0, 1}, "Having": {0, 1},
	"InnerJoins": {0, 1}, "Joins": {0, 1}, "Not": {0, 1}, "Or": {0, 1}, "Order": {0, 1},
	"Pluck": {0, 1}, "Raw": {0, 1}, "Select": {0, 0}, "Table": {0, 1}, "Where": {0, 1},
	// Here a condition may follow the destination, the model or the association.
	"Delete": {1, 2}, "Find": {1, 2}, "First": {1, 2}, "FirstOrCreate": {1, 2},
	"FirstOrInit": {1, 2}, "Last": {1, 2}, "Preload": {1, 2}, "Take": {1, 2},
}

// checker collects the findings in one package.
type checker struct {
	fset     *token.FileSet
	info     *types.Info
	findings []string
}

// check looks at the files of one package and returns a line for each finding.
func check(fset *token.FileSet, path string, files []*ast.File, imports types.Importer) ([]string, error) {
	c := checker{fset: fset, info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue),
		Uses:  make(map[*ast.Ident]types.Object),
	}}
	config := types.Config{Importer: imports}
	if _, err := config.Check(path, fset, files, c.info); err != nil {
		return nil, err
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				c.call(n)
			case *ast.CompositeLit:
				c.literal(n)
			}
			return true
		})
	}
	return c.findings, nil
}

// call looks at the SQL arguments of a call to GORM.
func (c *checker) call(call *ast.CallExpr) {
	callee, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	fn, ok := c.info.Uses[callee.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != gormPath {
		return
	}
	sql, ok := sqlArguments[fn.Name()]
	if !ok {
		return
	}
	end := sql.end
	if end == 0 || end > len(call.Args) {
		end = len(call.Args)
	}
	if fn.Name() == "Select" && end > 1 && c.hasPlaceholder(call.Args[0]) {
		end = 1
	}
	for i := sql.first; i < end; i++ {
		spread := call.Ellipsis.IsValid() && i == len(call.Args)-1
		if spread || c.madeAtRunTime(call.Args[i]) {
			c.report(call.Args[i], fn.Name())
		}
	}
}

// literal looks at the SQL a clause.Expr is made of, and at the name of a
// column that is not to be quoted.
func (c *checker) literal(lit *ast.CompositeLit) {
	named, ok := types.Unalias(c.info.TypeOf(lit)).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != clausePath {
		return
	}
	field := ""
	switch named.Obj().Name() {
	case "Expr", "NamedExpr":
		field = "SQL"
	case "Column":
		if raw := value(lit, "Raw"); raw != nil && !c.isFalse(raw) {
			field = "Name"
		}
	}
	if sql := value(lit, field); sql != nil && c.madeAtRunTime(sql) {
		c.report(sql, "clause."+named.Obj().Name())
	}
}

// value returns what a literal with keys gives a field, or nil. Literals of
// another package's struct without keys are refused by go vet.
func value(lit *ast.CompositeLit, field string) ast.Expr {
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == field {
			return pair.Value
		}
	}
	return nil
}

// madeAtRunTime says whether an argument is a string, or may hide one in an
// interface, without being a constant. Structs, maps, slices of other things
// and clauses GORM quotes itself.
func (c *checker) madeAtRunTime(e ast.Expr) bool {
	arg := c.info.Types[e]
	if arg.Value != nil || arg.IsNil() {
		return false
	}
	t := arg.Type
	if slice, ok := t.Underlying().(*types.Slice); ok {
		t = slice.Elem()
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString != 0
	case *types.Interface:
		return t.NumMethods() == 0
	}
	return false
}

func (c *checker) hasPlaceholder(e ast.Expr) bool {
	v := c.info.Types[e].Value
	return v != nil && v.Kind() == constant.String && strings.Contains(constant.StringVal(v), "?")
}

func (c *checker) isFalse(e ast.Expr) bool {
	v := c.info.Types[e].Value
	return v != nil && v.Kind() == constant.Bool && !constant.BoolVal(v)
}

func (c *checker) report(e ast.Expr, callee string) {
	c.findings = append(c.findings, fmt.Sprintf(
		"%s: %s takes SQL made at run time: use a constant with placeholders, or clause.Column (gormsql)",
		c.fset.Position(e.Pos()), callee))
}
