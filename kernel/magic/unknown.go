package magic

import (
	"fmt"
	"strings"
)

// known finds a magic by its word, or says which ones the user may have meant.
func known(word string) (Magic, error) {
	if m, ok := find(word); ok {
		return m, nil
	}
	return Magic{}, unknown(word)
}

func unknown(word string) error {
	if name(word) == "" {
		return fmt.Errorf("no magic is named behind %s; %%help lists all", word)
	}
	if near := similar(word); len(near) > 0 {
		return fmt.Errorf("there is no magic %s; did you mean %s? %%help lists all", word, strings.Join(near, " or "))
	}
	return fmt.Errorf("there is no magic %s; %%help lists all, and a line that begins with ! runs a command of the shell", word)
}

// similar lists the words of magics that look like a word.
func similar(word string) []string {
	wanted := strings.ToLower(name(word))
	var list []string
	for _, m := range all() {
		n := m.name()
		if m.Word == shellSign || len(n) == 1 && n != wanted { // to which every short word is similar
			continue
		}
		if n == wanted || strings.HasPrefix(n, wanted) || strings.HasPrefix(wanted, n) || distance(n, wanted) <= 1+len(n)/4 {
			list = append(list, m.Word)
		}
	}
	return list
}

// distance counts the letters that must be put in, left out or replaced to make
// a word of another (Levenshtein's distance).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
