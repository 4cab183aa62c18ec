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

// longStatement is the same for a script that is too long for an argument of a program,
// which has 128 KiB at most (MAX_ARG_STRLEN, execve(2)). The shell reads it from a file
// that has no name any more.
const longStatement = `func() { f, err := ` + cell.OSName + `.CreateTemp("", "ipclab-"); if err == nil { defer f.Close(); ` +
	cell.OSName + `.Remove(f.Name()); _, err = f.WriteString(%[2]s) }; ` +
	`if err != nil { panic("shell command in line %[1]d: " + err.Error()) }; ` +
	`c := ` + cell.ExecName + `.Command("/bin/sh", "-c", ". /dev/fd/3"); c.ExtraFiles = append(c.ExtraFiles, f); ` +
	`c.Stdin, c.Stdout, c.Stderr = ` + cell.OSName + `.Stdin, ` + cell.OSName + `.Stdout, ` + cell.OSName + `.Stderr; ` +
	`if err := c.Run(); err != nil { panic("shell command in line %[1]d: " + err.Error()) }; for range 1 {} }()`

// longScript is the length in bytes from which longStatement runs a script.
const longScript = 100_000

// statement is the Go that runs a script, which is at a line of the cell. The shell closes
// the file by which it was given a long one: it has opened it a second time.
func statement(line int, script string) string {
	if len(script) < longScript {
		return fmt.Sprintf(shellStatement, line, strconv.Quote(script))
	}
	return fmt.Sprintf(longStatement, line, strconv.Quote("exec 3<&-; "+script))
}

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
	return statement(number, l.text) + strings.Repeat("\n", strings.Count(l.text, "\n"))
}

// script translates %%sh. The empty lines in front of the script make the
// shell's messages name lines of the cell.
func script(before int, rest string) (Cell, error) {
	return Cell{Source: strings.Repeat("\n", before) + statement(1+before, rest), Shell: true}, nil
}
