package config

import (
	"net/url"
	"strings"
)

// redacted stands for a secret in a text.
const redacted = "(redacted)"

// Redact takes every configured secret out of a text that others wrote, such
// as a server's error message.
func (c Config) Redact(text string) string {
	for _, v := range Variables() {
		value := c.values[v.Name]
		if !v.Secret || value == "" {
			continue
		}
		text = strings.ReplaceAll(text, value, redacted)
		for _, part := range list(value) {
			text = strings.ReplaceAll(text, part, redacted)
		}
		if u, err := url.Parse(value); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok && password != "" {
				text = strings.ReplaceAll(text, password, redacted)
			}
		}
	}
	return text
}
