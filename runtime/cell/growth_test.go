package cell_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// heapBytes is what is alive on the heap.
func heapBytes() int64 {
	runtime.GC()
	runtime.GC() // what the first has put into pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryOfCells holds what a cell leaves on the heap after it has run, of the
// session's knowledge and the interpreter's together. The bounds are half as much
// again as was measured; with the trees that the interpreter would keep, the
// figures are two to ten times as high.
func TestMemoryOfCells(t *testing.T) {
	for name, c := range map[string]struct {
		source string // %[1]d is the cell's number
		bytes  int64
	}{
		"the same cell":           {"x := 1 + 1; _ = x", 2500},
		"a variable redefined":    {"x := %[1]d; fmt.Println(x)", 4500},
		"a new variable":          {"v%[1]d := %[1]d\nv%[1]d + 1", 4500},
		"statements":              {"sum := 0\nfor _, v := range []int{1, 2, %[1]d} {\n\tsum += v\n}\nsum", 5500},
		"statements with output":  {"for i := 0; i < 3; i++ {\n\tfmt.Print(i + %[1]d, \" \")\n}", 2500},
		"an error of the checker": {"undefined%[1]d + 1", 500},
		"a panic":                 {"var p *int\n*p = %[1]d", 4500},
		"a function redefined":    {"func double(n int) int { return 2*n + %[1]d }\ndouble(1)", 26000},
		"a new function":          {"func f%[1]d(n int) int {\n\treturn n + %[1]d\n}\nf%[1]d(3)", 26000},
	} {
		t.Run(name, func(t *testing.T) {
			const warm, cells = 20, 150
			n := newNotebook()
			cell := func(i int) {
				source := c.source
				if strings.Contains(source, "%") {
					source = fmt.Sprintf(source, 1000+i)
				}
				n.run(source)
			}
			for i := range warm {
				cell(i)
			}
			before := heapBytes()
			for i := range cells {
				cell(warm + i)
			}
			each := (heapBytes() - before) / cells
			// What is cleaned up after a collection, by a goroutine, is collected by a later one.
			for end := time.Now().Add(10 * time.Second); each > c.bytes && time.Now().Before(end); {
				each = (heapBytes() - before) / cells
			}
			runtime.KeepAlive(n)
			t.Logf("%d bytes a cell", each)
			if each > c.bytes {
				t.Errorf("a cell leaves %d bytes, more than %d", each, c.bytes)
			}
		})
	}
}

// TestLinesOutliveTheirCell holds that what a cell leaves behind knows its lines,
// although the interpreter's knowledge of the cell has gone.
func TestLinesOutliveTheirCell(t *testing.T) {
	n := newNotebook()
	n.run("var kept func(i int) int\nfor range 1 {\n\tlist := []int{1}\n\tkept = func(i int) int {\n\t\treturn list[i]\n\t}\n}")
	n.run("func at(list []int, i int) int {\n\tif i > 0 {\n\t\treturn list[i]\n\t}\n\treturn 0\n}")
	n.run("value := at")
	for i := range 6 {
		n.run(fmt.Sprintf("%d + 1", i))
		heapBytes()
	}
	for cell, want := range map[string]string{
		"kept(3)":       "  cell1, line 5, in a function literal:  return list[i]\n",
		"at(nil, 2)":    "  cell2, line 3, in at:  return list[i]\n",
		"value(nil, 2)": "  cell2, line 3, in at:  return list[i]\n",
	} {
		if got := n.run(cell); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q in it", cell, got, want)
		}
	}
}
