package models

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// NewToken makes a random token of 128 bits or more, safe in URLs.
func NewToken() string { return rand.Text() }

// HashToken is the form in which a secret token is stored, so that a copy of
// the database opens nothing.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
