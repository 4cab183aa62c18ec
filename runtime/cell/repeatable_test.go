package cell_test

import "testing"

func TestRepeatable(t *testing.T) {
	s := session(t)
	p, err := s.Prepare("earlier", `type pair struct{ a, b int }
func (p pair) String() string { return "pair" }
func f() int { return 1 }
p := pair{1, 2}; m := map[string]int{}; xs := []int{1}; c := make(chan int, 1); x := 1; var e any`)
	if err != nil {
		t.Fatal(err)
	}
	s.Commit(p)
	for code, want := range map[string]bool{
		"x := 1 + 1; _ = x":            true,
		"x":                            true,
		"x++":                          true,
		`import "fmt"`:                 true,
		"func g() { for {} }":          true,
		"type t struct{ a int }":       true,
		"const n = 3":                  true,
		"var y, z = x, float64(x)":     true,
		`m["a"] = xs[0] + len(xs)`:     true,
		"q := &pair{a: 3}; q.b = 4":    true,
		"if x > 0 { x = 2 }":           true,
		"h := func() { panic(1) }":     true,
		"e = p":                        true,
		"p":                            false, // String is called
		"xs":                           false,
		"f()":                          false,
		"y := f()":                     false,
		"fmt.Println(x)":               false,
		"for x < 5 { x++ }":            false,
		"for range xs {}":              false,
		"c <- 1":                       false,
		"x = <-c":                      false,
		"go f()":                       false,
		"defer f()":                    false,
		"select {}":                    false,
		"big := make([]byte, 1<<40)":   false,
		"xs = append(xs, 1)":           false,
		"func() { x = 3 }()":           false,
		"var y = f()":                  false,
		"if f() > 0 { x = 2 }":         false,
		"m[string(rune(f()))] = 1":     false,
		"goto end\nend:":               false,
		"switch { case x > 0: x = 1 }": false,
	} {
		p, err := s.Prepare("cell", code)
		if err != nil {
			t.Errorf("%s: %v", code, err)
		} else if p.Repeatable != want {
			t.Errorf("%s: repeatable %v", code, p.Repeatable)
		}
	}
}
