package magic

import (
	"errors"
	"fmt"
	"strings"

	"ipclab/runtime/cell"
)

// timed translates %%time. What measures is added by Timed, once the cell has
// been checked.
func timed(_ int, rest string) (Cell, error) {
	if l, ok := cellLine(rest); ok {
		if word, _ := l.word(); word == "%%time" {
			return Cell{}, errors.New("%%time inside %%time measures nothing more; write it once")
		}
	}
	c, err := Parse(rest)
	if err == nil && len(c.Calls) > 0 {
		err = fmt.Errorf("%%%%time measures Go and shell commands, not %s", c.Calls[0].magic.Word)
	}
	c.Timed = true
	return c, err
}

// cpuSource declares the function that gives the CPU time used so far.
const cpuSource = `func timeˑcpu() (user, system float64) {
	var own, children syscall%[1]s.Rusage
	syscall%[1]s.Getrusage(syscall%[1]s.RUSAGE_SELF, &own)
	syscall%[1]s.Getrusage(syscall%[1]s.RUSAGE_CHILDREN, &children)
	user = float64(own.Utime.Nano()+children.Utime.Nano()) / 1e9
	system = float64(own.Stime.Nano()+children.Stime.Nano()) / 1e9
	return user, system
}
`

// beginSource is what a cell's function begins with, in one line, so that the
// lines below it keep their numbers. A child that the cell has forked ends with
// the cell, too, and must print nothing.
const beginSource = ` pidˑ := os%[1]s.Getpid(); userˑ, systemˑ := timeˑcpu(); startˑ := time%[1]s.Now(); ` +
	`defer func() { wall := time%[1]s.Since(startˑ); user, system := timeˑcpu(); if os%[1]s.Getpid() == pidˑ { ` +
	`fmt%[1]s.Printf("wall %%.6f s, user %%.6f s, system %%.6f s\n", wall.Seconds(), user-userˑ, system-systemˑ) } }();`

// Timed changes a lowered cell so that it prints, in the end, how long it took.
// The interpreter takes the name of an import once only, so number must be
// another one at each call.
//
// The interpreter looks imports up by the name of the file, which is the cell's
// name wherever lowered code says where it comes from.
func Timed(p *cell.Program, number int) {
	if p.Entry == "" {
		p.Entry = "timeˑrun"
		if p.Source == "" {
			p.Source = "package main\n"
		}
		p.Source += "func timeˑrun() {\n}\n"
	}
	suffix := fmt.Sprintf("ˑtime%d", number)
	clause, declarations, _ := strings.Cut(p.Source, "\n")
	begin := "func " + p.Entry + "() {"
	declarations = strings.Replace(declarations, begin, begin+fmt.Sprintf(beginSource, suffix), 1)
	var imports strings.Builder
	for _, path := range []string{"fmt", "os", "syscall", "time"} {
		fmt.Fprintf(&imports, "; import %s%s %q", path, suffix, path)
	}
	p.Source = fmt.Sprintf("%s%s\n%s/*line %s:1:1*/", clause, imports.String(), declarations, p.Name) + fmt.Sprintf(cpuSource, suffix)
}
