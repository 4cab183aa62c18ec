package build

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// BufferVariable is the environment variable that has a program write its standard output
// line by line, as it would to a terminal. To a pipe C programs write blocks, and what
// one has printed before it hangs or is killed would not be seen.
const BufferVariable = "IPCLAB_LINE_BUFFER"

// lineBufferSource is linked to every program. The program stays what it was for whoever
// starts it without the variable, as one side of an experiment for one.
const lineBufferSource = `#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void ipclab_line_buffer(void)
{
	if (getenv("` + BufferVariable + `") != NULL)
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}
`

const lineBufferObject = "linebuffer.o"

// lineBuffer returns the compiled lineBufferSource, "" if that cannot be had: programs do
// without it.
func (c *Cache) lineBuffer(cc *compiler, flags []string) string {
	var machine []string
	for _, f := range flags {
		switch {
		case slices.Contains([]string{"-nostdlib", "-ffreestanding", "-nodefaultlibs", "-nostartfiles"}, f):
			return ""
		case strings.HasPrefix(f, "-m"), strings.HasPrefix(f, "--sysroot"), strings.HasPrefix(f, "--target"):
			machine = append(machine, f)
		}
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", cc.identity, machine, lineBufferSource))
	key := fmt.Sprintf("%x", hash[:keyBytes])
	if path, _, ok := c.entry(key, lineBufferObject); ok {
		return path
	}
	folder, err := c.temporary()
	if err != nil {
		return ""
	}
	defer os.RemoveAll(folder)
	arguments := append(machine, "-O1", "-fPIC", "-x", "c", "-", "-c", "-o", filepath.Join(folder, lineBufferObject))
	if _, err := cc.run(folder, lineBufferSource, arguments...); err != nil {
		return ""
	}
	path, err := c.enter(folder, key, lineBufferObject, "")
	if err != nil {
		return ""
	}
	return path
}
