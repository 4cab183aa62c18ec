package cell

import (
	"go/types"
	"sort"
	"strings"
)

// A Completion says what may stand in the place of code[Start:End].
type Completion struct {
	Start, End int // byte offsets
	Matches    []Match
}

// A Match is one way to complete a name.
type Match struct {
	Text      string // what replaces code[Start:End]
	Type      string // constant, field, function, keyword, label, method, package, path, type or variable
	Signature string // a function's parameters and results, a variable's type, a package's path

	rank int // those of a lower rank come first
}

// Ranks of matches.
const (
	rankField  = iota // of the struct whose literal is being written
	rankLocal         // declared in the function around the cursor
	rankCell          // of this cell or an earlier one
	rankGo            // predeclared
	rankImport        // packages, imported or not
	rankKeyword
)

// maxNamesText bounds the text that is taken for a cell when an editor asks for
// names: a longer one would take longer than anybody waits.
const maxNamesText = 1 << 20

// Complete finds the names that the text before cursor, a byte offset, may be
// going to be. The code need not parse.
func (s *Session) Complete(code string, cursor int) (c Completion) {
	cursor = max(0, min(cursor, len(code)))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil { // a fault here or in go/types costs the answer only
			c = Completion{Start: cursor, End: cursor}
		}
	}()
	return s.complete(code, cursor)
}

func (s *Session) complete(code string, cursor int) Completion {
	if len(code) > maxNamesText {
		return Completion{Start: cursor, End: cursor}
	}
	code = evenLines(code)
	ctx := contextAt(code[:cursor])
	m := &matches{prefix: ctx.prefix, at: map[string]int{}}
	switch {
	case ctx.kind == inText || ctx.naming():
	case ctx.kind == inImport:
		s.pathMatches(m)
	case ctx.kind == afterDot:
		s.memberMatches(code, ctx, m)
	case ctx.label():
		s.labelMatches(code, ctx, m)
	default:
		s.nameMatches(code, ctx, m)
	}
	return Completion{Start: ctx.start, End: cursor, Matches: m.sorted()}
}

// evenLines puts a space for each carriage return, which the scanner drops from
// comments and raw strings, so that their length would not be known.
func evenLines(code string) string { return strings.ReplaceAll(code, "\r", " ") }

// matches collects the names that begin with a prefix, each once.
type matches struct {
	prefix string
	list   []Match
	at     map[string]int // index in list by text
}

// add takes a match, unless there is one of its name already.
func (m *matches) add(match Match, rank int) {
	if _, ok := m.at[match.Text]; ok || !hasPrefix(match.Text, m.prefix) || strings.ContainsAny(match.Text, mark+".") && rank < rankImport {
		return
	}
	if match.Text == "_" {
		return
	}
	match.rank = rank
	m.at[match.Text] = len(m.list)
	m.list = append(m.list, match)
}

func (m *matches) object(obj types.Object, rank int) { m.add(describe(obj), rank) }

// sorted gives the matches by rank; within a rank first those that begin as it
// was written, then the others, by name.
func (m *matches) sorted() []Match {
	inexact := func(i int) bool { return !strings.HasPrefix(m.list[i].Text, m.prefix) }
	sort.Slice(m.list, func(i, j int) bool {
		a, b := m.list[i], m.list[j]
		if a.rank != b.rank {
			return a.rank < b.rank
		}
		if x, y := inexact(i), inexact(j); x != y {
			return y
		}
		return a.Text < b.Text
	})
	return m.list
}

// hasPrefix compares as people type: without regard to case.
func hasPrefix(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}
