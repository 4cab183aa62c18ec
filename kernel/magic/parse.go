package magic

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"

	"ipclab/runtime/ccell"
)

// A Cell is what a cell turned out to be: a question, calls, a program in C, or else Go.
type Cell struct {
	Text   string         // the cell as it was written
	About  string         // the help that the cell asks for; "" if it asks for none
	Calls  []Call         // line magics, to be called one after the other
	Source string         // Go with the same lines as the cell's
	Shell  bool           // some of Source was made from shell commands, see Failure
	Timed  bool           // to be changed by Timed
	Traced bool           // to be changed by Traced
	C      *ccell.Request // a program in C, to be run by RunC; Source is "" then

	view traceView // for Traced
}

// A Call is a line magic with its arguments.
type Call struct {
	magic Magic
	args  []string
}

// Run carries out the call.
func (c Call) Run(k Kernel) error { return c.magic.run(k, c.args) }

// Parse tells what a cell is. The error is for the user.
func Parse(code string) (Cell, error) {
	c, err := parse(code)
	c.Text = code
	return c, err
}

func parse(code string) (Cell, error) {
	if word, ok := question(code); ok {
		m, err := known(word)
		return Cell{About: m.describe()}, err
	}
	if l, ok := cellLine(code); ok {
		return parseCell(code, l)
	}
	return parseLines(code)
}

// about matches a question about a magic: ?%who, %who?
var about = regexp.MustCompile(`^\s*(?:\?\s*(%{1,2}\w+|!)|(%{1,2}\w+)\s*\?)\s*$`)

func question(code string) (word string, ok bool) {
	m := about.FindStringSubmatch(code)
	if m == nil {
		return "", false
	}
	return m[1] + m[2], true
}

// parseCell translates a cell that begins with the line of a cell magic.
func parseCell(code string, l line) (Cell, error) {
	word, args := l.word()
	m, ok := find(word)
	switch {
	case !ok:
		return Cell{}, unknown(word)
	case args != "" && m.translateLine == nil:
		return Cell{}, fmt.Errorf("%s takes no arguments; what it is for goes on the lines below it", m.Word)
	}
	before := strings.Count(code[:l.start], "\n")
	if m.translateLine != nil {
		return m.translateLine(before, args, code[l.end:])
	}
	return m.translate(before, strings.Repeat("\n", before)+code[l.end:])
}

// parseLines deals with a cell that consists of Go, shell commands and line
// magics.
func parseLines(code string) (Cell, error) {
	lines := linesOf(code)
	if len(lines) == 0 {
		return Cell{Source: code}, nil
	}
	var c Cell
	var b strings.Builder
	from := 0
	for _, l := range lines {
		b.WriteString(code[from:l.start])
		from = l.end
		if l.sign == shellSign {
			if strings.TrimSpace(l.text) == "" {
				return Cell{}, errors.New("there is no command behind !; (!ok) is the Go expression")
			}
			c.Shell = true
			b.WriteString(shellLine(code, l))
			continue
		}
		call, err := callOf(l)
		if err != nil {
			return Cell{}, err
		}
		c.Calls = append(c.Calls, call)
	}
	b.WriteString(code[from:])
	c.Source = b.String()
	if len(c.Calls) == 0 {
		return c, nil
	}
	if hasTokens(c.Source) {
		return Cell{}, fmt.Errorf("%s must stand alone in its cell: no Go and no shell commands beside it", c.Calls[0].magic.Word)
	}
	return Cell{Calls: c.Calls}, nil
}

// callOf reads the line of a line magic.
func callOf(l line) (Call, error) {
	word, args := l.word()
	m, err := known(word)
	switch {
	case err != nil:
		return Call{}, err
	case m.isCell():
		return Call{}, fmt.Errorf("%s must be the first line of its cell", m.Word)
	}
	return Call{magic: m, args: strings.Fields(args)}, nil
}

// hasTokens tells whether there is anything in code but space and comments.
func hasTokens(code string) bool {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(code)), []byte(code), func(token.Position, string) {}, 0)
	_, kind, _ := s.Scan()
	return kind != token.EOF
}
