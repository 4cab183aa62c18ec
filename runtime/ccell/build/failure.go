package build

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"ipclab/runtime/ccell"
	"ipclab/runtime/ccell/messages"
)

// render words what the compiler has said of a cell.
func render(r *ccell.Request, list []messages.Message) []string {
	s := messages.Source{Cell: r.Cell, First: r.Line, Text: r.Text, File: r.Source()}
	if r.Text == "" {
		s.File = ""
	}
	return s.Render(list)
}

// failure is the error of a cell that was not compiled.
func failure(r *ccell.Request, list []messages.Message, err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("run the C compiler: %w", err)
	}
	value := "the C compiler failed: " + exit.String()
	if i := slices.IndexFunc(list, func(m messages.Message) bool { return m.Severity == messages.Error }); i >= 0 {
		value = list[i].Text
	}
	lines := render(r, list)
	if len(lines) == 0 {
		lines = []string{value}
	}
	return &ccell.Error{Name: "CompileError", Value: value, Traceback: append(lines, advice(value)...)}
}

// standard are headers that every C library has.
var standard = []string{"stdio.h", "stdlib.h", "string.h", "unistd.h", "errno.h", "signal.h", "sys/types.h", "fcntl.h", "stdint.h", "limits.h"}

// advice is what helps against an error, where that is known.
func advice(value string) []string {
	for _, header := range standard {
		if strings.HasPrefix(value, header+": ") || strings.HasPrefix(value, "'"+header+"' file not found") {
			return append([]string{"The headers of the C library are not installed. As root:"}, install...)
		}
	}
	if strings.Contains(value, "undefined reference to") || strings.Contains(value, "undefined symbol") {
		return []string{"No file or library that was linked has it. -lNAME in the line of %%c links a library: -lm for mathematics, -lrt, -lcrypt."}
	}
	return nil
}
