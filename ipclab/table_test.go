package ipclab_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/mime"
)

func ExampleTable() {
	t := ipclab.NewTable("mechanism", "messages", "p50").Units("", "", "µs")
	t.Row("pipe", 1000, 5100*time.Nanosecond)
	t.Row("UNIX stream", 1000, 12345*time.Nanosecond)
	fmt.Println(t)
	// Output:
	// mechanism    messages  p50 (µs)
	// ─────────────────────────────────
	// pipe             1000      5.10
	// UNIX stream      1000     12.35
}

func ExampleDisplay() {
	ipclab.Display(ipclab.NewTable("end", "descriptor").Row("read", 8).Row("write", 9), "closed", nil)
	// Output:
	// end    descriptor
	// ───────────────────
	// read            8
	// write           9
	// closed
}

func ExampleClearOutput() {
	// In a compiled program there is no cell whose output could be cleared.
	fmt.Println(ipclab.ClearOutput(false))
	// Output: <nil>
}

// cells returns the lines of a table's text below the rule, each split at white space.
func cells(t *ipclab.Table) [][]string {
	_, body, _ := strings.Cut(t.String(), "─\n")
	var rows [][]string
	for _, line := range strings.Split(body, "\n") {
		rows = append(rows, strings.Fields(line))
	}
	return rows
}

func TestTableNumbers(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []any
		want   []string
	}{
		{"three digits of the least", []any{0.012345, 1.5, 12.0}, []string{"0.0123", "1.5000", "12.0000"}},
		{"three of each where they are far apart", []any{0.0712, 4.1934, 23456.789}, []string{"0.0712", "4.19", "23457"}},
		{"nearly as far apart", []any{0.0712, 4.1934, 234.789}, []string{"0.0712", "4.1934", "234.7890"}},
		{"whole floats", []any{2.0, 3.0}, []string{"2", "3"}},
		{"not a number", []any{math.NaN(), math.Inf(1), 0.25}, []string{"NaN", "+Inf", "0.25"}},
		{"huge", []any{1e300, 1.0}, []string{"1e+300", "1"}},
		{"next to nothing", []any{1.5e-300, 0.0, 0.25, -2e-10}, []string{"1.5e-300", "0.00", "0.25", "-2e-10"}},
		{"integers", []any{int8(-1), uint64(math.MaxUint64)}, []string{"-1", "18446744073709551615"}},
		{"durations without unit", []any{1500 * time.Nanosecond, 2 * time.Millisecond}, []string{"1.5", "2000.0"}},
		{"mixed with text", []any{1.5, "a"}, []string{"1.5", "a"}},
		{"errors are text", []any{errors.New("no"), 7}, []string{"no", "7"}},
	} {
		table := ipclab.NewTable("x")
		for _, v := range c.values {
			table.Row(v)
		}
		for i, row := range cells(table) {
			if len(row) != 1 || row[0] != c.want[i] {
				t.Errorf("%s: row %d is %q, want %q", c.name, i, row, c.want[i])
			}
		}
	}
}

func TestTableRagged(t *testing.T) {
	table := ipclab.NewTable("a", "b").Row(1).Row(1, 2, 3).Row()
	got := cells(table)
	if len(got) != 3 || len(got[0]) != 1 || len(got[1]) != 3 || len(got[2]) != 0 {
		t.Errorf("ragged rows show as %q", got)
	}
	if table.Len() != 3 {
		t.Errorf("Len() = %d, want 3", table.Len())
	}
}

func TestTableLimit(t *testing.T) {
	table := ipclab.NewTable("n")
	for i := range 1000 {
		table.Row(i)
	}
	if text := table.String(); !strings.Contains(text, "941 of 1000 rows are not shown.") || strings.Count(text, "\n") != 62 {
		t.Errorf("1000 rows show as %d lines:\n%s", strings.Count(text, "\n"), text)
	}
	if n := strings.Count(table.Limit(0).String(), "\n"); n != 1001 {
		t.Errorf("with Limit(0), %d line ends, want 1001", n)
	}
}

func TestTableBundle(t *testing.T) {
	b := ipclab.NewTable("<a>").Caption("cap").Note("note").Row("<script>").MIMEBundle()
	for _, kind := range []string{mime.Plain, mime.HTML, mime.Markdown, mime.LaTeX} {
		text, ok := b[kind].(string)
		if !ok || !strings.Contains(text, "cap") || !strings.Contains(text, "note") {
			t.Errorf("%s: %v", kind, b[kind])
		}
	}
	if len(b) != 4 {
		t.Errorf("bundle has %d types, want 4", len(b))
	}
	if strings.Contains(b[mime.HTML].(string), "<script>") {
		t.Errorf("HTML is not escaped: %s", b[mime.HTML])
	}
}

func TestNilTable(t *testing.T) {
	var table *ipclab.Table
	table.Row(1).Units("s").Caption("x").Note("y").Limit(3)
	if table.Len() != 0 || table.MIMEBundle()[mime.Plain] == nil {
		t.Error("a nil table is not an empty one")
	}
}

// sink records what Display sends.
type sink struct{ shown []mime.Display }

func (s *sink) Display(d mime.Display) error { s.shown = append(s.shown, d); return nil }
func (s *sink) Clear(bool) error             { return os.ErrClosed }

func TestDisplay(t *testing.T) {
	s := &sink{}
	mime.SetSink(s)
	defer mime.SetSink(nil)
	var none error
	table := ipclab.NewTable("a")
	if err := ipclab.Display(1.5, table, mime.Bundle{mime.Plain: "p"}, mime.Display{Data: mime.Bundle{mime.Plain: "q"}, ID: "i"}, none); err != nil {
		t.Fatal(err)
	}
	if len(s.shown) != 4 {
		t.Fatalf("%d displays, want 4", len(s.shown))
	}
	if s.shown[0].Data[mime.Plain] != "1.5" || s.shown[1].Data[mime.HTML] == nil || s.shown[2].Data[mime.Plain] != "p" || s.shown[3].ID != "i" {
		t.Errorf("shown: %+v", s.shown)
	}
	if err := ipclab.Display(os.ErrInvalid, "after"); !errors.Is(err, os.ErrInvalid) || len(s.shown) != 5 {
		t.Errorf("Display of an error: %v, %d displays; want the error back and the other value shown", err, len(s.shown))
	}
	if err := ipclab.Display(mime.Bundle{}); !errors.Is(err, mime.ErrNoPlain) {
		t.Errorf("Display of an empty bundle: %v, want %v", err, mime.ErrNoPlain)
	}
	if err := ipclab.ClearOutput(true); !errors.Is(err, os.ErrClosed) {
		t.Errorf("ClearOutput: %v, want the sink's error", err)
	}
}

func TestNoteIsNotRepeated(t *testing.T) {
	text := ipclab.NewTable("a").Row(1).Note("once").Note("once").String()
	if strings.Count(text, "once") != 1 {
		t.Errorf("got %q", text)
	}
}

func TestDisplayUnderAName(t *testing.T) {
	s := &sink{}
	mime.SetSink(s)
	defer mime.SetSink(nil)
	if err := errors.Join(ipclab.DisplayAs("bar", 1), ipclab.UpdateDisplay("bar", 2)); err != nil {
		t.Fatal(err)
	}
	if len(s.shown) != 2 || s.shown[0].ID != "bar" || s.shown[0].Update || s.shown[1].ID != "bar" || !s.shown[1].Update {
		t.Errorf("shown: %+v", s.shown)
	}
	for _, err := range []error{ipclab.DisplayAs("", 1), ipclab.UpdateDisplay("", 1)} {
		if !errors.Is(err, unix.EINVAL) {
			t.Errorf("without a name: %v, want EINVAL", err)
		}
	}
}
