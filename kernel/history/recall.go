package history

import (
	"slices"
	"strings"
)

// Range gives lines start to stop (without stop; 0 means to the end) of a
// session: 0 or the current one's number for the current session, a negative
// number counted back from it.
func (s *Store) Range(session, start, stop int) ([]Entry, error) {
	entries, current, err := s.all()
	if err != nil {
		return nil, err
	}
	if session <= 0 {
		if current == 0 { // nothing was run in this session: it would be the next
			current = 1
			for _, e := range entries {
				current = max(current, e.Session+1)
			}
		}
		session += current
	}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		return e.Session != session || e.Line < start || stop > 0 && e.Line >= stop
	}), nil
}

// Tail gives the last n entries of all sessions; 0 means all.
func (s *Store) Tail(n int) ([]Entry, error) {
	entries, _, err := s.all()
	return last(entries, n), err
}

// Search gives the last n entries (0: all) whose input matches a glob pattern
// with * and ?, as a whole. With unique, of equal inputs only the last counts.
func (s *Store) Search(pattern string, n int, unique bool) ([]Entry, error) {
	entries, _, err := s.all()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var found []Entry
	for _, e := range slices.Backward(entries) {
		if !matches(pattern, e.Input) || unique && seen[e.Input] {
			continue
		}
		seen[e.Input] = true
		found = append(found, e)
	}
	slices.Reverse(found)
	return last(found, n), nil
}

func last(entries []Entry, n int) []Entry {
	if n <= 0 || n > len(entries) {
		return entries
	}
	return entries[len(entries)-n:]
}

// matches reports whether all of text fits the glob pattern: * stands for any
// text, ? for any character. Unlike path.Match, * crosses slashes and newlines
// and there are no classes. Time is at most len(pattern) times len(text).
func matches(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}
