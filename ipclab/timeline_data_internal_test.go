package ipclab

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ipclab/ipclab/internal/ptrace"
)

// moves makes calls of texts such as "5 tag 2": a message of 5 bytes, with a tag; the first begins at 1 ns, and so on.
func moves(begin time.Duration, texts ...string) (calls []*SyscallEvent) {
	for i, text := range texts {
		e := &SyscallEvent{Time: begin + time.Duration(i), Result: 0, Returned: true}
		n, _ := fmt.Sscanf(text, "%d tag %d", &e.move.Length, &e.move.Tag)
		e.move.Tagged = n == 2
		calls = append(calls, e)
	}
	return calls
}

func TestMessagesAreMatched(t *testing.T) {
	for name, c := range map[string]struct{ puts, gets, want string }{
		"in order":                {"5;6;7", "5;6;7", "0-0 1-1 2-2"},
		"the first was lost":      {"5;6;7", "6;7", "1-0 2-1"},
		"cut off":                 {"5;6", "3;6", "0-0 1-1"},
		"an empty one":            {"0;5", "0;5", "0-0 1-1"},
		"the end is no message":   {"5", "0;5", "0-1"},
		"a lost one is no other":  {"5;5;9", "9;5", "2-0"},
		"overtaken":               {"5 tag 1;5 tag 9;5 tag 1", "5 tag 9;5 tag 1;5 tag 1", "1-0 0-1 2-2"},
		"a priority is not asked": {"5 tag 1;5 tag 1", "5;5", "0-0 1-1"},
	} {
		puts, gets := moves(0, strings.Split(c.puts, ";")...), moves(time.Second, strings.Split(c.gets, ";")...)
		var got []string
		for _, p := range matchMessages(puts, gets) {
			got = append(got, fmt.Sprintf("%d-%d", slices.Index(puts, p.put), slices.Index(gets, p.get)))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

// Bytes of a stream are those of several writes, or a part of one.
func TestBytesAreMatched(t *testing.T) {
	puts, gets := moves(0, "4", "4", "2"), moves(time.Second, "3", "3", "4")
	var got []string
	for _, p := range matchBytes(puts, gets) {
		got = append(got, fmt.Sprintf("%d-%d:%d", slices.Index(puts, p.put), slices.Index(gets, p.get), p.bytes))
	}
	if text := strings.Join(got, " "); text != "0-0:3 0-1:1 1-1:2 1-2:2 2-2:2" {
		t.Error(text)
	}
}

// What is sent before the read ends may be what was read; what is sent later is not.
func TestAMessageIsNotReadBeforeItIsSent(t *testing.T) {
	late := &SyscallEvent{Time: 10, move: ptrace.Move{Length: 5}}
	early := &SyscallEvent{Time: 1, Duration: 2, move: ptrace.Move{Length: 5}}
	if found := matchMessages([]*SyscallEvent{late}, []*SyscallEvent{early}); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}
