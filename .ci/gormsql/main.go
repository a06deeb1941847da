// Command gormsql reports SQL text that is not a constant where GORM takes it:
//
//	go run ./.ci/gormsql ./models/...
//
// GORM takes SQL from places that look like values, such as Order(s), Select(s)
// and First(&x, s), and general linters know only string building beside
// Query and Exec. A constant cannot hold what a visitor sent, so it is asked
// for everywhere; values go through placeholders. Conditions may also be
// clauses, structs and maps, whose values GORM binds and whose names it quotes;
// the SQL text inside a clause is held to the same rule where it is written.
package main

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/singlechecker"
)

var analyzer = &analysis.Analyzer{
	Name: "gormsql",
	Doc:  "report SQL text that is not a constant",
	Run:  run,
}

func main() { singlechecker.Main(analyzer) }

// place says which arguments of a function are SQL text.
type place int

const (
	nowhere place = iota
	text          // the first that is a string or an interface
	inline        // the first of the variadic ones: First(&x, HERE, values…)
	columns       // all, unless the first has placeholders for the others
)

// functions names the functions and methods that take SQL text. A method
// counts whatever type it belongs to: DB, Association, ChainInterface.
var functions = map[string]map[string]place{
	"gorm.io/gorm": {
		"Where": text, "Not": text, "Or": text, "Having": text, "Order": text, "Group": text, "Joins": text,
		"InnerJoins": text, "Raw": text, "Exec": text, "Table": text, "Pluck": text, "Count": text, "Expr": text,
		"Update": text, "UpdateColumn": text, "SavePoint": text, "RollbackTo": text, "WriteString": text,
		"First": inline, "Last": inline, "Take": inline, "Find": inline, "Delete": inline, "Preload": inline,
		"FirstOrInit": inline, "FirstOrCreate": inline,
		"Select": columns, "Distinct": columns,
	},
	"gorm.io/gorm/clause": {"WriteString": text},
}

// fields names the fields of clauses that are written into a statement as they
// are. Column and Table quote their Name unless Raw is set.
var fields = map[string][]string{
	"Expr": {"SQL"}, "NamedExpr": {"SQL"}, "Locking": {"Strength", "Options"}, "Join": {"Type"}, "JoinTarget": {"Type"},
	"Insert": {"Modifier"}, "Update": {"Modifier"}, "Delete": {"Modifier"},
	"Column": {"Name"}, "Table": {"Name"},
}

func run(pass *analysis.Pass) (any, error) {
	c := inspector{pass: pass, called: map[*ast.Ident]bool{}}
	for _, file := range pass.Files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				c.call(node)
			case *ast.Ident:
				c.value(node)
			case *ast.CompositeLit:
				c.literal(node)
			case *ast.AssignStmt:
				c.assignment(node)
			}
			return true
		})
	}
	return nil, nil
}

type inspector struct {
	pass   *analysis.Pass
	called map[*ast.Ident]bool // names that stand where they are called
}

func (c inspector) report(node ast.Node, name string) {
	c.pass.Reportf(node.Pos(), "%s: SQL text must be a constant; give values through placeholders", name)
}

// takes says where the function that an identifier names takes SQL text.
func (c inspector) takes(name *ast.Ident) (*types.Signature, place) {
	f, ok := c.pass.TypesInfo.Uses[name].(*types.Func)
	if !ok || f.Pkg() == nil {
		return nil, nowhere
	}
	return f.Signature(), functions[f.Pkg().Path()][f.Name()]
}

func (c inspector) call(call *ast.CallExpr) {
	name := calledName(call.Fun)
	if name == nil {
		return
	}
	c.called[name] = true
	signature, where := c.takes(name)
	if where == nowhere {
		return
	}
	args := call.Args
	switch where {
	case text:
		i := slices.IndexFunc(slices.Collect(signature.Params().Variables()), func(param *types.Var) bool {
			return isString(param.Type()) || isAny(param.Type())
		})
		if i < 0 {
			return
		}
		args = args[i : i+1]
	case inline:
		last := signature.Params().Len() - 1
		if !signature.Variadic() || len(args) <= last {
			return
		}
		args = args[last : last+1]
	case columns:
		if c.hasPlaceholders(call) {
			args = args[:1]
		}
	}
	for _, arg := range args {
		if !c.constant(arg) && (where == columns || !bound(c.pass.TypesInfo.TypeOf(arg))) {
			c.report(arg, name.Name)
		}
	}
}

// value reports a method that is handed on rather than called, because what it
// is called with cannot be seen.
func (c inspector) value(name *ast.Ident) {
	if _, where := c.takes(name); where != nowhere && !c.called[name] {
		c.pass.Reportf(name.Pos(), "%s: call it where it is named, so that its SQL text can be seen", name.Name)
	}
}

func (c inspector) literal(literal *ast.CompositeLit) {
	t := pointed(c.pass.TypesInfo.TypeOf(literal)) // of *Expr: an element of a []*Expr
	names := fields[clauseName(t)]
	if names == nil {
		return
	}
	structure := t.Underlying().(*types.Struct)
	values := map[string]ast.Expr{}
	for i, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			values[pair.Key.(*ast.Ident).Name] = pair.Value
		} else {
			values[structure.Field(i).Name()] = element
		}
	}
	if hasField(structure, "Raw") && c.alwaysFalse(values["Raw"]) {
		return
	}
	for _, name := range names {
		if value := values[name]; value != nil && !c.constant(value) {
			c.report(value, name)
		}
	}
}

// assignment holds a clause's field that is set later to the rule of the
// literal. Whether a Name is quoted cannot be seen there, so it counts as raw.
func (c inspector) assignment(assign *ast.AssignStmt) {
	for i, left := range assign.Lhs {
		selector, ok := ast.Unparen(left).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		t := c.pass.TypesInfo.TypeOf(selector.X)
		if t == nil || !slices.Contains(fields[clauseName(pointed(t))], selector.Sel.Name) { // nil: a package
			continue
		}
		if len(assign.Rhs) != len(assign.Lhs) || !c.constant(assign.Rhs[i]) {
			c.report(selector, selector.Sel.Name)
		}
	}
}

// constant reports whether an expression's strings are all constants: it is
// one itself, or a list of them.
func (c inspector) constant(expr ast.Expr) bool {
	if value := c.pass.TypesInfo.Types[expr]; value.Value != nil || value.IsNil() {
		return true
	}
	literal, ok := ast.Unparen(expr).(*ast.CompositeLit)
	if !ok {
		return false
	}
	if _, ok := c.pass.TypesInfo.TypeOf(literal).Underlying().(*types.Slice); !ok {
		return false
	}
	return !slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool { return !c.constant(e) })
}

// hasPlaceholders reports whether Select binds its further arguments as values:
// it has a "?" for each, or a name.
func (c inspector) hasPlaceholders(call *ast.CallExpr) bool {
	if len(call.Args) < 2 || c.pass.TypesInfo.Types[call.Args[0]].Value == nil {
		return false
	}
	sql := c.pass.TypesInfo.Types[call.Args[0]].Value.ExactString()
	return strings.Contains(sql, "@") || !call.Ellipsis.IsValid() && strings.Count(sql, "?") >= len(call.Args)-1
}

func (c inspector) alwaysFalse(expr ast.Expr) bool {
	if expr == nil {
		return true
	}
	value := c.pass.TypesInfo.Types[expr].Value
	return value != nil && value.ExactString() == "false"
}

// bound reports whether GORM binds the values of a condition of this type and
// quotes its names. An interface may hold a string, so it does not count; a
// function is what Preload calls to build conditions.
func bound(t types.Type) bool {
	if clauseName(t) != "" { // checked where it is made
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString == 0
	case *types.Struct, *types.Map, *types.Signature:
		return true
	case *types.Pointer:
		return bound(t.Elem())
	case *types.Slice:
		return isString(t.Elem()) || bound(t.Elem()) // primary keys
	}
	return false
}

func calledName(fun ast.Expr) *ast.Ident {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	}
	return nil
}

// clauseName returns the name of a type of GORM's clause package, or "".
func clauseName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "gorm.io/gorm/clause" {
		return ""
	}
	return named.Obj().Name()
}

func hasField(structure *types.Struct, name string) bool {
	for field := range structure.Fields() {
		if field.Name() == name {
			return true
		}
	}
	return false
}

func pointed(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func isString(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

func isAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}
