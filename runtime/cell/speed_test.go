package cell_test

import "testing"

// BenchmarkFib measures calls of interpreted functions: the 150,000 of fib(24), and
// fib(30) makes 18 times as many. What the interpreter takes alone is measured by
// BenchmarkInterpreterAlone in runtime/eval.
//
// Nothing is allocated in a call. Two fifths of its time go into taking a frame
// and making it zero again (callee.begin, callee.end in runtime/eval), a half into
// the interpreter's steps of the body, each a call through a pointer that reads
// and writes its operands by reflection, a twelfth of all into the questions
// whether the function was redefined and the cell interrupted, and three per cent
// into the witnesses of panics.
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
