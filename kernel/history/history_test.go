package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func inputs(entries []Entry) string {
	var s []string
	for _, e := range entries {
		s = append(s, fmt.Sprintf("%d.%d %s", e.Session, e.Line, e.Input))
	}
	return strings.Join(s, ", ")
}

func add(t *testing.T, s *Store, cells ...string) {
	t.Helper()
	for i, c := range cells {
		if err := s.Append(i+1, c, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// twoSessions gives a store whose current session is the second.
func twoSessions(t *testing.T) *Store {
	path := filepath.Join(t.TempDir(), "state", "history.jsonl")
	add(t, Open(path), "a := 1", "fmt.Println(a)", "b")
	s := Open(path)
	add(t, s, "a := 1", "c\nd")
	return s
}

func TestRecall(t *testing.T) {
	s := twoSessions(t)
	for _, c := range []struct {
		name string
		got  func() ([]Entry, error)
		want string
	}{
		{"all", func() ([]Entry, error) { return s.Tail(0) }, "1.1 a := 1, 1.2 fmt.Println(a), 1.3 b, 2.1 a := 1, 2.2 c\nd"},
		{"tail", func() ([]Entry, error) { return s.Tail(2) }, "2.1 a := 1, 2.2 c\nd"},
		{"tail of more than there is", func() ([]Entry, error) { return s.Tail(99) }, "1.1 a := 1, 1.2 fmt.Println(a), 1.3 b, 2.1 a := 1, 2.2 c\nd"},
		{"range of this session", func() ([]Entry, error) { return s.Range(0, 1, 0) }, "2.1 a := 1, 2.2 c\nd"},
		{"range of the session before", func() ([]Entry, error) { return s.Range(-1, 2, 3) }, "1.2 fmt.Println(a)"},
		{"range of a session by number", func() ([]Entry, error) { return s.Range(1, 2, 0) }, "1.2 fmt.Println(a), 1.3 b"},
		{"range of no session", func() ([]Entry, error) { return s.Range(-7, 0, 0) }, ""},
		{"search", func() ([]Entry, error) { return s.Search("*a*", 0, false) }, "1.1 a := 1, 1.2 fmt.Println(a), 2.1 a := 1"},
		{"unique search", func() ([]Entry, error) { return s.Search("*a*", 0, true) }, "1.2 fmt.Println(a), 2.1 a := 1"},
		{"search, the last", func() ([]Entry, error) { return s.Search("*", 1, false) }, "2.2 c\nd"},
	} {
		entries, err := c.got()
		if err != nil || inputs(entries) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, inputs(entries), err, c.want)
		}
	}
}

func TestThisSessionBeforeItsFirstCell(t *testing.T) {
	s := Open(twoSessions(t).path)
	if entries, err := s.Range(0, 0, 0); err != nil || len(entries) != 0 {
		t.Errorf("%q, %v", inputs(entries), err)
	}
	if entries, err := s.Range(-1, 0, 0); err != nil || inputs(entries) != "2.1 a := 1, 2.2 c\nd" {
		t.Errorf("%q, %v", inputs(entries), err)
	}
}

func TestNoFileIsNoHistory(t *testing.T) {
	entries, err := Open(filepath.Join(t.TempDir(), "none")).Tail(0)
	if err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestFolderThatCannotBeMadeIsAnError(t *testing.T) {
	err := Open("/dev/null/history").Append(1, "x", "")
	if err == nil || !strings.Contains(err.Error(), "/dev/null") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedLinesArePassedOver(t *testing.T) {
	s := twoSessions(t)
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "{\"session\": 2, \"li\n\x00\x00\n[]\n")
	f.Close()
	add(t, s, "after")
	if entries, err := s.Tail(1); err != nil || inputs(entries) != "2.1 after" {
		t.Errorf("%q, %v", inputs(entries), err)
	}
}

func TestKernelsThatBeginTogetherGetDifferentSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := Open(path).Append(1, "x", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	entries, err := Open(path).Tail(0)
	seen := map[int]bool{}
	for _, e := range entries {
		seen[e.Session] = true
	}
	if err != nil || len(seen) != 8 {
		t.Errorf("%d sessions, %v", len(seen), err)
	}
}

func TestFileThatHasGrownTooLongLosesItsOlderHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	s := Open(path)
	long := strings.Repeat("x", maxEntry)
	for i := range maxFile/maxEntry + 1 {
		if err := s.Append(i+1, long, ""); err != nil {
			t.Fatal(err)
		}
	}
	add(t, Open(path), "new")
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFile*3/4 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	if entries, err := Open(path).Tail(1); err != nil || inputs(entries) != "2.1 new" {
		t.Errorf("%q, %v", inputs(entries), err)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b\nc", true}, {"a*c", "abc", true}, {"a*c", "abcd", false},
		{"?", "ä", true}, {"?", "", false}, {"*a*b", "xaxbxb", true}, {"[a]", "a", false}, {"[a]", "[a]", true},
		{strings.Repeat("*a", 50), strings.Repeat("a", 49), false},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("matches(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}
