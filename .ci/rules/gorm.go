//go:build ruleguard

// Package rules holds the rules of our own that .golangci.yml gives to
// gocritic's ruleguard.
package rules

import "github.com/quasilyte/go-ruleguard/dsl"

// sqlOfConstants: GORM puts these arguments into the SQL as they are, so a
// string made at run time there is an injection. Values go into placeholders, a
// column chosen at run time into clause.Column. Only strings are looked at, and
// values of type any, which may hide one; structs, maps and clauses are quoted
// by GORM itself.
func sqlOfConstants(m dsl.Matcher) {
	// The first argument is SQL.
	m.Match(
		`$_.Order($sql)`, `$_.Group($sql)`, `$_.Table($sql, $*_)`, `$_.Pluck($sql, $_)`,
		`$_.Where($sql, $*_)`, `$_.Or($sql, $*_)`, `$_.Not($sql, $*_)`, `$_.Having($sql, $*_)`,
		`$_.Joins($sql, $*_)`, `$_.InnerJoins($sql, $*_)`,
		`$_.Raw($sql, $*_)`, `$_.Exec($sql, $*_)`, `gorm.Expr($sql, $*_)`,
		`$_.Select($sql, $*_)`, `$_.Distinct($sql, $*_)`,
		`clause.Expr{$*_, SQL: $sql, $*_}`, `clause.NamedExpr{$*_, SQL: $sql, $*_}`,
	).
		Where(m.File().PkgPath.Matches(`^tuckshop/models`) && !m["sql"].Const &&
			(m["sql"].Type.Underlying().Is(`string`) || m["sql"].Type.Is(`interface{}`))).
		Report(`SQL made at run time: $sql; use a constant and placeholders, or clause.Column for a chosen column`)

	// So are the arguments after the destination or the model.
	m.Match(
		`$_.First($_, $sql, $*_)`, `$_.Take($_, $sql, $*_)`, `$_.Last($_, $sql, $*_)`,
		`$_.Find($_, $sql, $*_)`, `$_.Delete($_, $sql, $*_)`,
		`$_.FirstOrInit($_, $sql, $*_)`, `$_.FirstOrCreate($_, $sql, $*_)`,
	).
		Where(m.File().PkgPath.Matches(`^tuckshop/models`) && !m["sql"].Const &&
			(m["sql"].Type.Underlying().Is(`string`) || m["sql"].Type.Is(`interface{}`))).
		Report(`SQL made at run time: $sql; GORM reads a string there as a condition, use Where with a placeholder`)

	// Further columns of a selection.
	m.Match(`$_.Select($_, $*_, $sql, $*_)`, `$_.Distinct($_, $*_, $sql, $*_)`).
		Where(m.File().PkgPath.Matches(`^tuckshop/models`) && !m["sql"].Const &&
			(m["sql"].Type.Underlying().Is(`string`) || m["sql"].Type.Is(`interface{}`))).
		Report(`column named at run time: $sql; use constants`)
}
