package dyn

import "unicode/utf8"

// RuneWidth is how many bytes the rune at a position of s takes: one for a byte
// that is no valid UTF-8.
func RuneWidth(s string, at int) int {
	_, n := utf8.DecodeRuneInString(s[at:])
	return n
}
