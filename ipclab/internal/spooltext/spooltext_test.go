package spooltext

import (
	"strings"
	"testing"

	"ipclab/ipclab/internal/owner"
)

func TestEntries(t *testing.T) {
	o := owner.Owner{Pid: 812, Start: 1, Namespace: 2, Boot: "b", Host: "h"}
	e := Entry{Owner: o, ID: "0001-812-1-job", Attempt: 3}
	if got, ok := ParseClaimed(e.Claimed()); !ok || got != e || e.Claimed() != "812-1-2-b-h,0001-812-1-job,3" {
		t.Errorf("%q is read as %+v, %t", e.Claimed(), got, ok)
	}
	for _, name := range []string{"", "x", "x,", ",1", "x,0", "x,-1", "x,01", "x,1,2", "x,y"} {
		if got, ok := ParseWaiting(name); ok {
			t.Errorf("%q is read as %+v", name, got)
		}
		if got, ok := ParseClaimed(o.Name() + Separator + name); ok {
			t.Errorf("claimed, %q is read as %+v", name, got)
		}
	}
	if got, ok := ParseClaimed("812,x,1"); ok {
		t.Errorf("an owner that is none: %+v", got)
	}
}

// TestLongestNames: the longest names that a spool makes are no longer than a file system allows.
func TestLongestNames(t *testing.T) {
	const most = 255
	o := owner.Owner{Pid: 1 << 22, Start: 1<<64 - 1, Namespace: 1<<32 - 1, Boot: strings.Repeat("b", 32), Host: strings.Repeat("h", 64)}
	e := Entry{Owner: o, ID: "9223372036854775807-4194304-1000000000-" + strings.Repeat("n", 64), Attempt: 1000}
	if n := len(e.Claimed()); n > most {
		t.Errorf("%d bytes", n)
	}
}

func TestControlErrors(t *testing.T) {
	good := Control{Number: 1, User: "a", Title: "b: \"c\"\nd", Copies: 1, Documents: 2}.String()
	for _, c := range []struct{ old, new, want string }{
		{"number: 1", "number: one", "number is no number"},
		{"number: 1", "number: -1", "number is no number"},
		{`"a"`, "a", "user is no quoted text"},
		{"copies", "comment", "copies is no number"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if got, err := ParseControl(text); err == nil || err.Error() != c.want || got != (Control{}) {
			t.Errorf("%q: %+v, %v, want %q", text, got, err, c.want)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("0001-812-1-job,1")
	f.Add("812-1-2-b-h,0001-812-1-job,3")
	f.Fuzz(func(t *testing.T, name string) {
		if e, ok := ParseWaiting(name); ok && e.Waiting() != name {
			t.Errorf("%q is read as %+v", name, e)
		}
		if e, ok := ParseClaimed(name); ok && e.Claimed() != name {
			t.Errorf("%q is read as %+v", name, e)
		}
	})
}

func FuzzControl(f *testing.F) {
	f.Add("number: 1\nuser: \"a\"\ntitle: \"b: c\"\ncopies: 1\ndocuments: 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseControl(text)
		if err != nil {
			return
		}
		if again, err := ParseControl(c.String()); again != c || err != nil {
			t.Errorf("%q is read as %+v, written and read again as %+v, %v", text, c, again, err)
		}
	})
}
