package ccell

import (
	"errors"
	"strings"
)

// words splits a line as a shell does, at spaces that are not quoted. Within '…'
// every character stands for itself; elsewhere a backslash quotes the next one.
func words(line string) ([]string, error) {
	var list []string
	var word strings.Builder
	inWord := false
	quote := rune(0)
	escaped := false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if inWord {
				list = append(list, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	switch {
	case quote != 0:
		return nil, errors.New("a quote (" + string(quote) + ") is not closed")
	case escaped:
		return nil, errors.New("there is nothing behind the backslash at the end")
	case inWord:
		list = append(list, word.String())
	}
	return list, nil
}
