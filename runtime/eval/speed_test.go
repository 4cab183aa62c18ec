package eval_test

import (
	"testing"

	"github.com/traefik/yaegi/interp"
)

// BenchmarkInterpreterAlone measures the calls of BenchmarkFib in runtime/cell as
// the interpreter makes them by itself.
func BenchmarkInterpreterAlone(b *testing.B) {
	i := interp.New(interp.Options{})
	if _, err := i.Eval("package main\nfunc fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if v, err := i.Eval("fib(24)"); err != nil || v.Int() != 46368 {
			b.Fatal(v, err)
		}
	}
}
