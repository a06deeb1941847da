package models

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// The bounds of a password, in characters. There are no rules of composition:
// length is what counts (OWASP ASVS 5.0, 6.2).
const (
	minPassword = 12
	maxPassword = 128
)

// hashing costs about 20 ms of one core: OWASP's recommendation for argon2id.
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// commonPasswords are long enough and guessed first all the same.
var commonPasswords = strings.Fields(`password1234 password12345 password123456 123456789012 1234567890123 123456123456
	qwertyuiop123 qwertyuiopas qwerty123456 iloveyou1234 letmeinletmein administrator administrator1 passwordpassword
	adminadminadmin welcomewelcome welcome12345 changemechangeme 111111111111 000000000000 aaaaaaaaaaaa abcdefghijkl
	abc123abc123 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5y6 zaq12wsxcde3 tuckshop1234 tuckshoptuckshop`)

// HashPassword hashes a new password with argon2id. It returns an InvalidError
// for one that is too short, too long or too common.
func HashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return "", &InvalidError{"password", fmt.Sprintf("Choose a password of at least %d characters. A few words in a row do well.", minPassword)}
	case n > maxPassword:
		return "", &InvalidError{"password", fmt.Sprintf("Choose a password of at most %d characters.", maxPassword)}
	}
	for _, common := range commonPasswords {
		if strings.EqualFold(password, common) {
			return "", &InvalidError{"password", "This password is on every list of common ones. Please choose another."}
		}
	}
	hash, err := argon2id.CreateHash(password, &hashing)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// nobodysHash is compared with where there is no account, so that a wrong name
// takes as long as a wrong password.
var nobodysHash = sync.OnceValues(func() (string, error) { return argon2id.CreateHash(NewToken(), &hashing) })

// CheckPassword reports whether a password fits a hash. An empty hash fits
// nothing and takes as long.
func CheckPassword(hash, password string) (bool, error) {
	if utf8.RuneCountInString(password) > maxPassword {
		password = "" // too long to be one, and not worth the memory
	}
	known := hash != ""
	if !known {
		var err error
		if hash, err = nobodysHash(); err != nil {
			return false, fmt.Errorf("check a password: %w", err)
		}
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return match && known, nil
}
