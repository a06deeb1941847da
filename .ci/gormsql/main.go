// Command gormsql reports SQL that reaches GORM as a string made at run time:
//
//	go run ./.ci/gormsql ./models/...
//
// GORM puts the arguments looked at here into the statement as they are, so
// anything but a constant there is an injection waiting for its input. Values
// belong into placeholders, a column chosen at run time into a clause.Column,
// which GORM quotes, or into a switch of constants.
//
// It exits with 1 when it has found something, and with 2 when it could not look.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	findings, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gormsql:", err)
		os.Exit(2)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		os.Exit(1)
	}
}

// run looks at the packages that patterns name, tests left out.
func run(patterns []string) ([]string, error) {
	packages, err := list(patterns)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	imports := importsFrom(fset, packages)
	var findings []string
	for _, p := range packages {
		if p.DepOnly {
			continue
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
		found, err := check(fset, p.ImportPath, files, imports)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Export     string // file of the compiled package's types
	GoFiles    []string
	DepOnly    bool
}

// list returns the packages that patterns name and all they depend on.
func list(patterns []string) ([]listed, error) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly", "--"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list's answer: %w", err)
		}
		packages = append(packages, p)
	}
}

// importsFrom returns an importer that reads the types of compiled packages.
func importsFrom(fset *token.FileSet, packages []listed) types.Importer {
	exports := make(map[string]string, len(packages))
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no compiled package %s", path)
		}
		return os.Open(exports[path])
	})
}
