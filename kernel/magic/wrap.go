package magic

import (
	"fmt"
	"strings"

	"ipclab/runtime/cell"
)

// around translates a magic that does something before and after the rest of the cell, which is Go, shell commands or
// another magic. Flag is where a cell says that it is wanted; what it does is added to the lowered cell, once it has been
// checked.
func around(word string, flag func(*Cell) *bool) func(int, string) (Cell, error) {
	return func(_ int, rest string) (Cell, error) {
		c, err := Parse(rest)
		if err == nil && len(c.Calls) > 0 {
			err = fmt.Errorf("%s is for Go, C and shell commands, not %s", word, c.Calls[0].magic.Word)
		}
		wanted := flag(&c)
		if err == nil && *wanted {
			err = fmt.Errorf("%s inside %s does nothing more; write it once", word, word)
		}
		*wanted = true
		return c, err
	}
}

// wrap puts begin before the first statement of a lowered cell, in its line, so that the lines below keep their numbers,
// and declarations below the cell. In both, %[1]s is the suffix, which the names of the packages get.
//
// The interpreter takes the name of an import once only, so the suffix must be another one at each call. It looks
// imports up by the name of the file, which is the cell's name wherever lowered code says where it comes from.
func wrap(p *cell.Program, suffix string, packages []string, begin, declarations string) {
	if p.Entry == "" {
		p.Entry = "wrapˑrun"
		if p.Source == "" {
			p.Source = "package main\n"
		}
		p.Source += "func wrapˑrun() {\n}\n"
	}
	clause, source, _ := strings.Cut(p.Source, "\n")
	entry := "func " + p.Entry + "() {"
	source = strings.Replace(source, entry, entry+fmt.Sprintf(begin, suffix), 1)
	var imports strings.Builder
	for _, path := range packages {
		fmt.Fprintf(&imports, "; import %s%s %q", path[strings.LastIndexByte(path, '/')+1:], suffix, path)
	}
	p.Source = fmt.Sprintf("%s%s\n%s/*line %s:1:1*/", clause, imports.String(), source, p.Name)
	if declarations != "" {
		p.Source += fmt.Sprintf(declarations, suffix)
	}
}
