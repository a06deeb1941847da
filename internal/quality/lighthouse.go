package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
)

// The measures of a page on Lighthouse's phone.
const (
	leastPerformance = 98
	most             = 100  // of the other scores
	latestLCP        = 1500 // milliseconds
	longestTBT       = 50   // milliseconds
	largestCLS       = 0.01
)

var categories = [...]string{"performance", "accessibility", "best-practices", "seo"}

// figures are what one run of Lighthouse finds.
type figures struct {
	scores        [len(categories)]float64 // of 100
	lcp, tbt, cls float64
	failed        []string // the audits that are not perfect, beside those of performance
}

// judge has Lighthouse load four pages of a shop so many times each, prints the
// medians and returns how many measures are missed.
func judge(ctx context.Context, stdout io.Writer, shop, cart string, runs int) (missed int, err error) {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "page\tperformance\taccessibility\tbest practices\tSEO\tLCP ms\tTBT ms\tCLS\t")
	var failed []string
	for _, page := range []struct{ name, path, cookie string }{
		{"home", "/", ""}, {"list", "/products", ""}, {"product", "/products/field-notebook", ""}, {"cart", "/cart", cart},
	} {
		var all []figures
		for range runs {
			one, err := lighthouse(ctx, shop+page.path, page.cookie)
			if err != nil {
				return missed, fmt.Errorf("judge %s: %w", page.path, err)
			}
			all = append(all, one)
			for _, audit := range one.failed {
				if line := page.name + ": " + audit; !slices.Contains(failed, line) {
					failed = append(failed, line)
				}
			}
		}
		fmt.Fprintf(table, "%s\t", page.name)
		for i := range categories {
			least := float64(most)
			if i == 0 {
				least = leastPerformance
			}
			score := median(all, func(f figures) float64 { return f.scores[i] })
			fmt.Fprintf(table, "%s\t", marked(score, score < least, &missed))
		}
		for _, row := range []struct {
			of   func(figures) float64
			most float64
		}{
			{func(f figures) float64 { return f.lcp }, latestLCP},
			{func(f figures) float64 { return f.tbt }, longestTBT},
			{func(f figures) float64 { return f.cls }, largestCLS},
		} {
			value := median(all, row.of)
			fmt.Fprintf(table, "%s\t", marked(value, value > row.most, &missed))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return missed, err
	}
	for _, line := range failed {
		fmt.Fprintf(stdout, "  %s\n", line)
	}
	fmt.Fprintf(stdout, "Lighthouse: medians of %d runs, ! is missed\n", runs)
	return missed, nil
}

func marked(value float64, bad bool, missed *int) string {
	text := strconv.FormatFloat(float64(int(value*1000+0.5))/1000, 'f', -1, 64)
	if bad {
		*missed++
		return text + " !"
	}
	return text
}

func median(all []figures, of func(figures) float64) float64 {
	values := make([]float64, len(all))
	for i, one := range all {
		values[i] = of(one)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// chromium is the browser's path.
func chromium() (string, error) {
	if path := os.Getenv("CHROME_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("find a browser: install chromium, or set CHROME_PATH")
}

func lighthouse(ctx context.Context, address, cookie string) (figures, error) {
	var f figures
	browser, err := chromium()
	if err != nil {
		return f, err
	}
	args := []string{address, "--quiet", "--output=json", "--output-path=stdout", "--chrome-path=" + browser,
		"--only-categories=performance,accessibility,best-practices,seo",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"}
	if cookie != "" {
		headers, err := json.Marshal(map[string]string{"Cookie": cookie})
		if err != nil {
			return f, err
		}
		// A cart is nobody else's business: it asks not to be indexed, as it should.
		args = append(args, "--extra-headers="+string(headers), "--skip-audits=is-crawlable")
	}
	said, complaint, err := output(ctx, folder, filepath.Join("node_modules", ".bin", "lighthouse"), args...)
	if err != nil {
		return f, err
	}
	var report struct {
		RuntimeError *struct{ Message string }
		Categories   map[string]struct {
			Score     float64
			AuditRefs []struct{ ID string }
		}
		Audits map[string]struct {
			Title            string
			Score            *float64
			ScoreDisplayMode string
			NumericValue     float64
		}
	}
	if err := json.Unmarshal(said, &report); err != nil {
		return f, fmt.Errorf("read the report: %w\n%s", err, complaint)
	}
	if report.RuntimeError != nil {
		return f, fmt.Errorf("load the page: %s", report.RuntimeError.Message)
	}
	for i, name := range categories {
		f.scores[i] = report.Categories[name].Score * 100
		for _, reference := range report.Categories[name].AuditRefs {
			audit := report.Audits[reference.ID]
			if i > 0 && audit.ScoreDisplayMode == "binary" && audit.Score != nil && *audit.Score < 1 {
				f.failed = append(f.failed, reference.ID+": "+audit.Title)
			}
		}
	}
	f.lcp, f.tbt = report.Audits["largest-contentful-paint"].NumericValue, report.Audits["total-blocking-time"].NumericValue
	f.cls = report.Audits["cumulative-layout-shift"].NumericValue
	return f, nil
}
