package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tuckshop/internal/config"
)

// TestReadmeListsEveryVariable keeps the README's table equal to the program's.
func TestReadmeListsEveryVariable(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range config.Variables() {
		value := "–"
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		if row := fmt.Sprintf("| `%s` | %s | %s |\n", v.Name, value, v.Meaning); !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks the row %q", row)
		}
	}
}
