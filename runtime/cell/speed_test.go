package cell_test

import "testing"

// BenchmarkFib measures calls of interpreted functions.
func BenchmarkFib(b *testing.B) {
	n := newNotebook()
	n.run("func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}")
	for b.Loop() {
		if got := n.run("fib(24)"); got != "= 46368\n" {
			b.Fatal(got)
		}
	}
}

// BenchmarkNativeCalls measures calls of a compiled function.
func BenchmarkNativeCalls(b *testing.B) {
	n := newNotebook()
	for b.Loop() {
		if got := n.run("for i := 0; i < 100000; i++ {\n\tstrings.HasPrefix(\"ab\", \"a\")\n}"); got != "" {
			b.Fatal(got)
		}
	}
}

// BenchmarkIndexing measures a loop that calls nothing.
func BenchmarkIndexing(b *testing.B) {
	n := newNotebook()
	for b.Loop() {
		if got := n.run("{\ns := make([]int, 1000)\nfor i := 0; i < 100000; i++ {\n\ts[i%1000] += i\n}\n}"); got != "" {
			b.Fatal(got)
		}
	}
}
