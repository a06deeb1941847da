package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// TestFindings compares what is found in testdata, which uses the real GORM,
// with the comments that say "want" and the name that is to be reported.
func TestFindings(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Context: t.Context()}, "./testdata/shop")
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(loaded) > 0 {
		t.Fatal("testdata does not compile")
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer}, loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	line := func(node ast.Node) int { return loaded[0].Fset.Position(node.Pos()).Line }
	var want, got []string
	for _, group := range loaded[0].Syntax[0].Comments {
		for _, comment := range group.List {
			if name, ok := strings.CutPrefix(comment.Text, "// want "); ok {
				want = append(want, fmt.Sprintf("line %d: %s", line(comment), name))
			}
		}
	}
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		for _, d := range action.Diagnostics {
			name, _, _ := strings.Cut(d.Message, ":")
			got = append(got, fmt.Sprintf("line %d: %s", loaded[0].Fset.Position(d.Pos).Line, name))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	for _, finding := range want {
		if !slices.Contains(got, finding) {
			t.Errorf("not found: %s", finding)
		}
	}
	for _, finding := range got {
		if !slices.Contains(want, finding) {
			t.Errorf("found for nothing: %s", finding)
		}
	}
	for table, names := range functions {
		for name := range names {
			if table == "gorm.io/gorm" && !slices.ContainsFunc(want, func(w string) bool { return strings.HasSuffix(w, ": "+name) }) {
				t.Errorf("testdata does not try %s", name)
			}
		}
	}
}
