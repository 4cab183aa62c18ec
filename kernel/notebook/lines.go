package notebook

import (
	"strings"
	"unicode/utf8"
)

// splitLines cuts s after each line end, as Python's str.splitlines(True) does,
// which is what Jupyter splits multi-line strings with. The parts joined are s.
func splitLines(s string) []any {
	lines := []any{}
	start := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r == '\r' && strings.HasPrefix(s[i:], "\n") {
			i++
		} else if !endsLine(r) {
			continue
		}
		lines = append(lines, s[start:i])
		start = i
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

// endsLine lists the boundaries of Python's str.splitlines.
func endsLine(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// Join gives the text of a multi-line string: a string, or a list of strings
// that are joined as they are. ok is false for any other value.
func Join(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, ok := line.(string)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}
