package cell

import "strings"

// IsComplete tells an editor whether code can run as it is: "complete",
// "incomplete" with the indentation for the next line, or "invalid" when more
// text cannot make it right.
func IsComplete(code string) (status, indent string) {
	c := scanCell(code)
	switch {
	case c.openAt >= 0:
		return "incomplete", strings.Repeat("\t", 1)
	case len(c.problems.list) > 0:
		return "invalid", ""
	}
	return "complete", ""
}
