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
	parser.WithASTTransformers(util.Prioritized(belowTitle{}, 100)),
))

// belowTitle fits a text into a page: the page's title is its one heading of the
// first level, and pictures come from the shop alone.
type belowTitle struct{}

// Transform makes headings begin at the second level and leave none out, and puts
// the words of pictures in their place.
func (belowTitle) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var pictures []ast.Node
	var above []int                                                                     // the levels of the headings that the present one stands below
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if entering {
			switch node := node.(type) {
			case *ast.Heading:
				for len(above) > 0 && above[len(above)-1] >= node.Level {
					above = above[:len(above)-1]
				}
				above = append(above, node.Level)
				node.Level = min(len(above)+1, 6)
			case *ast.Image:
				pictures = append(pictures, node)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, picture := range pictures {
		for picture.FirstChild() != nil {
			picture.Parent().InsertBefore(picture.Parent(), picture, picture.FirstChild())
		}
		picture.Parent().RemoveChild(picture.Parent(), picture)
	}
}

// markdown is a merchant's text as HTML.
func markdown(source string) (string, error) {
	var html bytes.Buffer
	if err := writer.Convert([]byte(source), &html); err != nil {
		return "", fmt.Errorf("read a text: %w", err)
	}
	return html.String(), nil
}
