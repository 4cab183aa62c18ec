package cell_test

import (
	"strings"
	"testing"
)

// TestEveryGoroutineRunsItsOwnFunction starts goroutines in a loop, while those
// of earlier iterations return.
func TestEveryGoroutineRunsItsOwnFunction(t *testing.T) {
	const loop = `{
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := make([]int, 2000)
	mark := func(i int) { mu.Lock(); seen[i]++; mu.Unlock(); wg.Done() }
	for i := range seen {
		wg.Add(1)
		START
	}
	wg.Wait()
	for i, n := range seen {
		if n != 1 {
			fmt.Println(i, "ran", n, "times")
		}
	}
}`
	n := newNotebook()
	for _, start := range []string{
		"go mark(i)",
		"go func() { mark(i) }()",
		"wg.Go(func() { mark(i) })",
		"time.AfterFunc(0, func() { mark(i) })",
	} {
		source := strings.Replace(loop, "START", start, 1)
		if strings.HasPrefix(start, "wg.Go") {
			source = strings.Replace(source, "wg.Add(1)\n", "", 1)
			source = strings.Replace(source, "wg.Done()", "_ = 0", 1)
		}
		if got := n.run(source); got != "" {
			t.Errorf("%s:\n%s", start, got)
		}
	}
}
