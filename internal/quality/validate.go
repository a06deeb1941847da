package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// validate has the Nu validator read pages, prints its errors and returns how
// many there are.
func validate(ctx context.Context, stdout io.Writer, work string, pages []page) (int, error) {
	dir := filepath.Join(work, "pages")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return 0, err
	}
	for i, page := range pages {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.html", i)), []byte(page.html), 0o600); err != nil {
			return 0, err
		}
	}
	jar, err := filepath.Abs(filepath.Join(folder, "node_modules", "vnu-jar", "build", "dist", "vnu.jar"))
	if err != nil {
		return 0, err
	}
	_, said, err := output(ctx, dir, "java", "-jar", jar, "--format", "json", "--errors-only", "--skip-non-html", ".")
	if err != nil {
		return 0, fmt.Errorf("validate: %w", err)
	}
	var found struct {
		Messages []struct {
			Type, URL, Message, Extract string
			LastLine                    int
		}
	}
	if len(said) > 0 {
		if err := json.Unmarshal(said, &found); err != nil {
			return 0, fmt.Errorf("read what the validator says: %w\n%s", err, said)
		}
	}
	for _, message := range found.Messages {
		path := message.URL
		var number int
		if _, err := fmt.Sscanf(filepath.Base(message.URL), "%d.html", &number); err == nil && number < len(pages) {
			path = pages[number].path
		}
		fmt.Fprintf(stdout, "  %s: %s: %s  %q\n", path, message.Type, message.Message, message.Extract)
	}
	fmt.Fprintf(stdout, "Nu validator: %d pages, %d errors\n", len(pages), len(found.Messages))
	return len(found.Messages), nil
}

var jsonLD = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// checkTypes has the types of schema.org compile what pages tell search
// engines, and returns how many errors there are.
func checkTypes(ctx context.Context, stdout io.Writer, pages []page) (int, error) {
	var program strings.Builder
	program.WriteString("import type { Graph } from 'schema-dts';\n")
	var lines []string // the page of each line after the first
	for _, page := range pages {
		for _, document := range jsonLD.FindAllStringSubmatch(page.html, -1) {
			// The input of an action is an annotation, which the types do not know.
			text := strings.ReplaceAll(document[1], `"query-input":"required name=search_term_string",`, "")
			fmt.Fprintf(&program, "export const page%d: Graph = %s;\n", len(lines), text)
			lines = append(lines, page.path)
		}
	}
	file := filepath.Join(folder, "pages.generated.ts") // beside the packages, where the compiler looks for them
	if err := os.WriteFile(file, []byte(program.String()), 0o600); err != nil {
		return 0, err
	}
	defer os.Remove(file) //nolint:errcheck // made anew each time
	said, _, err := output(ctx, folder, filepath.Join("node_modules", ".bin", "tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--moduleResolution", "bundler", "--module", "esnext", filepath.Base(file))
	if err != nil {
		return 0, fmt.Errorf("compile what pages tell search engines: %w", err)
	}
	faults := regexp.MustCompile(`\((\d+),\d+\): error`).FindAllSubmatch(said, -1)
	if len(faults) > 0 {
		fmt.Fprintf(stdout, "%s", said)
	}
	fmt.Fprintf(stdout, "schema-dts: %d documents, %d errors\n", len(lines), len(faults))
	return len(faults), nil
}
