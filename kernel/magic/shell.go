package magic

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"ipclab/runtime/cell"
)

// shellStatement is the Go that runs a shell command: it is given the line of
// the cell and the script. It is one line long, so that the lines around it keep
// their numbers. It uses packages by names that no cell can redefine, and leaves
// none behind. In its last loop the cell notices an interrupt after which the
// command has exited with status 0.
const shellStatement = `func() { c := ` + cell.ExecName + `.Command("/bin/sh", "-c", %[2]s); ` +
	`c.Stdin, c.Stdout, c.Stderr = ` + cell.OSName + `.Stdin, ` + cell.OSName + `.Stdout, ` + cell.OSName + `.Stderr; ` +
	`if err := c.Run(); err != nil { panic("shell command in line %[1]d: " + err.Error()) }; for range 1 {} }()`

// failed matches the panic of shellStatement.
var failed = regexp.MustCompile(`^shell command in line (\d+): (.*)$`)

// Failure takes the value of the panic that ended a cell with shell commands
// apart: the line of the command that failed, and why. ok is false if something
// else failed.
func Failure(value string) (line int, why string, ok bool) {
	m := failed.FindStringSubmatch(value)
	if m == nil {
		return 0, "", false
	}
	line, err := strconv.Atoi(m[1])
	return line, m[2], err == nil
}

// shellLine gives the Go for a line that begins with !.
func shellLine(code string, l line) string {
	number := 1 + strings.Count(code[:l.start], "\n")
	return fmt.Sprintf(shellStatement, number, strconv.Quote(l.text)) + strings.Repeat("\n", strings.Count(l.text, "\n"))
}

// script translates %%sh. The empty lines in front of the script make the
// shell's messages name lines of the cell.
func script(before int, rest string) (Cell, error) {
	statement := fmt.Sprintf(shellStatement, 1+before, strconv.Quote(rest))
	return Cell{Source: strings.Repeat("\n", before) + statement, Shell: true}, nil
}
