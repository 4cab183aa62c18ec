package render

import (
	"strings"
	"testing"
)

func TestThousands(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "0": "0", "999": "999", "9999": "9999", "10000": "10,000", "-1234567.125": "-1,234,567.125", "1e+300": "1e+300", "NaN": "NaN", "+Inf": "+Inf",
	} {
		if got := Thousands(text); got != want {
			t.Errorf("Thousands(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestQuantitiesAreSetApart checks that thousands are set apart where a person reads, and not where a program may.
func TestQuantitiesAreSetApart(t *testing.T) {
	g := Grid{Header: []string{"pid", "size (bytes)"}, Numeric: []bool{true, true}, Quantity: []bool{false, true}, Rows: [][]string{{"123456", "1048576"}, {"…", "…"}}}
	for name, form := range map[string]string{"HTML": g.HTML(), "Markdown": g.Markdown(), "LaTeX": g.LaTeX()} {
		if !strings.Contains(form, "1,048,576") || !strings.Contains(form, "123456") {
			t.Errorf("%s:\n%s", name, form)
		}
	}
	if text := g.Plain(); !strings.Contains(text, "1048576") {
		t.Errorf("plain text:\n%s", text)
	}
}
