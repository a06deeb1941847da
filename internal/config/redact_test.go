package config_test

import "testing"

func TestRedactTakesSecretsOutOfATextOfOthers(t *testing.T) {
	c, err := load(map[string]string{
		"STRIPE_SECRET_KEY": "sk_test_a1", "STRIPE_WEBHOOK_SECRET": "whsec_b2,whsec_c3",
		"SMTP_URL": "smtp://user:sesame%2Fd4@mail.example.com", "DATABASE_URL": "postgres://shop:poppy@db/shop",
	})
	if err != nil {
		t.Fatal(err)
	}
	const text = "sk_test_a1 and whsec_c3; mail.example.com says sesame/d4 is wrong; poppy too"
	const want = "(redacted) and (redacted); mail.example.com says (redacted) is wrong; (redacted) too"
	if got := c.Redact(text); got != want {
		t.Errorf("%q", got)
	}
}
