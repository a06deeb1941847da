package handlers

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// writer turns a merchant's Markdown into HTML. Raw HTML is off, which is
// goldmark's default, and so are addresses of scripts.
var writer = goldmark.New(goldmark.WithParserOptions(
	parser.WithASTTransformers(util.Prioritized(belowTitle{}, 100), util.Prioritized(wordsAlone{}, 200)),
))

// exporter is writer for a text that stands alone.
var exporter = goldmark.New(goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(wordsAlone{}, 100))))

// belowTitle fits a text into a page: the page's title is its one heading of the
// first level.
type belowTitle struct{}

// Transform makes headings begin at the second level and leave none out.
func (belowTitle) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var above []int                                                                     // the levels of the headings that the present one stands below
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if heading, ok := node.(*ast.Heading); ok && entering {
			for len(above) > 0 && above[len(above)-1] >= heading.Level {
				above = above[:len(above)-1]
			}
			above = append(above, heading.Level)
			heading.Level = min(len(above)+1, 6)
		}
		return ast.WalkContinue, nil
	})
}

// wordsAlone keeps to what a text says: pictures come from the shop alone, and
// of raw HTML nothing is written, not even that it was left out.
type wordsAlone struct{}

// Transform puts the words of pictures in their place, and nothing in that of
// raw HTML.
func (wordsAlone) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var gone []ast.Node
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		switch node.Kind() {
		case ast.KindImage, ast.KindRawHTML, ast.KindHTMLBlock:
			if entering {
				gone = append(gone, node)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, node := range gone {
		parent := node.Parent()
		for node.FirstChild() != nil {
			parent.InsertBefore(parent, node, node.FirstChild())
		}
		parent.RemoveChild(parent, node)
	}
}

// markdown is a merchant's text as HTML for a page.
func markdown(source string) (string, error) { return asHTML(writer, source) }

func asHTML(by goldmark.Markdown, source string) (string, error) {
	var html bytes.Buffer
	if err := by.Convert([]byte(source), &html); err != nil {
		return "", fmt.Errorf("read a text: %w", err)
	}
	return html.String(), nil
}
