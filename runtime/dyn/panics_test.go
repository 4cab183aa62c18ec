package dyn

import (
	"errors"
	"math"
	"testing"
	"time"
)

// The texts are those of compiled programs that panic with the values.
func TestPanicTextIsThatOfGo(t *testing.T) {
	type name string
	celsius := New("panics/celsius", "main.Celsius", true)
	for _, c := range []struct {
		value any
		want  string
	}{
		{"text", "text"},
		{"two\nlines", "two\n\tlines"},
		{errors.New("bad"), "bad"},
		{errors.Join(errors.New("a"), errors.New("b")), "a\n\tb"},
		{2 * time.Second, "2s"},
		{42, "42"},
		{int8(-3), "-3"},
		{true, "true"},
		{3.5, "3.5"},
		{float32(1e-20), "1e-20"},
		{math.Inf(1), "+Inf"},
		{math.NaN(), "NaN"},
		{1 + 2i, "(1+2i)"},
		{name("x\ny"), "dyn.name(\"x\n\ty\")"},
		{box{celsius, 3.0}, "main.Celsius(3)"},
		{struct{ A int }{1}, "(struct { A int }) {A:1}"},
		{[]int{1, 2}, "([]int) [1 2]"},
	} {
		if got := PanicText(c.value); got != c.want {
			t.Errorf("%#v: got %q, want %q", c.value, got, c.want)
		}
	}
}
