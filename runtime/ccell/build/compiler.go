package build

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"ipclab/runtime/ccell"
)

// A compiler is the system's C compiler.
type compiler struct {
	command  []string // its absolute path, then arguments that CC gives it
	identity string   // differs from that of any other compiler
	clang    bool
	gcc      int // the major version; 0 if it is another one
}

// candidates are the names by which systems have one.
var candidates = []string{"cc", "gcc", "clang", "tcc"}

// find finds the compiler: CC if that is set, as for make, else cc.
func find() (*compiler, error) {
	command := strings.Fields(os.Getenv("CC"))
	if len(command) > 0 {
		path, err := lookUp(command[0])
		if err != nil {
			return nil, missing(fmt.Sprintf("there is no program %s, which the environment variable CC says is the C compiler", command[0]))
		}
		command[0] = path
		return identify(command)
	}
	for _, name := range candidates {
		if path, err := lookUp(name); err == nil {
			return identify([]string{path})
		}
	}
	return nil, missing("there is no C compiler: no folder of PATH has one named " + strings.Join(candidates, ", "))
}

// install says what to install, by system.
var install = []string{
	"    Debian, Ubuntu   apt-get install gcc libc6-dev",
	"    Fedora           dnf install gcc glibc-devel",
	"    Alpine           apk add gcc musl-dev",
	"    macOS            xcode-select --install",
	"Another compiler is used if the environment variable CC names it.",
}

func missing(why string) error {
	return &ccell.Error{Name: "NoCompiler", Value: why + "; install gcc and the C library's headers",
		Traceback: append([]string{"\x1b[1;31m" + why + ".\x1b[0m", "To install one, as root:"}, install...)}
}

// lookUp finds a program in PATH, but not one that a cell has kept: a student's cc is
// not the compiler.
func lookUp(name string) (string, error) {
	if strings.Contains(name, "/") {
		return filepath.Abs(name)
	}
	for _, folder := range filepath.SplitList(systemPath()) {
		path, err := exec.LookPath(filepath.Join(folder, name))
		if folder != "" && err == nil && filepath.IsAbs(path) {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// systemPath is PATH without folders of kept programs.
func systemPath() string {
	var list []string
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if !strings.HasPrefix(filepath.Base(folder), ccell.KeptPrefix) {
			list = append(list, folder)
		}
	}
	return strings.Join(list, string(filepath.ListSeparator))
}

// known holds the compilers that this process has asked for their version.
var known = struct {
	sync.Mutex
	compilers map[string]*compiler
}{compilers: map[string]*compiler{}}

// identify asks a compiler for its version, once for as long as its file stays the same.
func identify(command []string) (*compiler, error) {
	info, err := os.Stat(command[0])
	if err != nil {
		return nil, missing(fmt.Sprintf("the C compiler cannot be used: %v", err))
	}
	key := fmt.Sprintf("%q %d %d", command, info.Size(), info.ModTime().UnixNano())
	known.Lock()
	defer known.Unlock()
	if c, ok := known.compilers[key]; ok {
		return c, nil
	}
	version, err := versionOf(command)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) { // a compiler that knows no --version is one all the same
		return nil, missing(fmt.Sprintf("the C compiler %s cannot be run: %v", command[0], err))
	}
	c := &compiler{command: command, identity: fmt.Sprintf("%s %x", key, sha256.Sum256(version))}
	c.clang, c.gcc = kind(string(version))
	if err == nil { // an interrupt may have ended it
		known.compilers[key] = c
	}
	return c, nil
}

// versionOf returns what a compiler says of its version. It is read here and not by a goroutine of package os/exec, so that a
// trace knows whose calls these are.
func versionOf(command []string) ([]byte, error) {
	cmd := exec.Command(command[0], append(command[1:len(command):len(command)], "--version")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	text, readErr := io.ReadAll(out)
	if err := cmd.Wait(); err != nil {
		return text, err
	}
	return text, readErr
}

var (
	gccVersion = regexp.MustCompile(`\b(\d+)\.\d+`)
	packager   = regexp.MustCompile(`\([^)]*\)`) // and its own numbers
)

// kind tells by what a compiler says of its version which one it is.
func kind(version string) (clang bool, gcc int) {
	first, rest, _ := strings.Cut(version, "\n")
	switch {
	case strings.Contains(first, "clang"):
		return true, 0
	case strings.Contains(rest, "Free Software Foundation"):
		if m := gccVersion.FindStringSubmatch(packager.ReplaceAllString(first, "")); m != nil {
			gcc, _ = strconv.Atoi(m[1])
		}
		return false, max(gcc, 1)
	}
	return false, 0
}

// gccCountsBytes is the version of gcc that had to be told to count columns in bytes.
const gccCountsBytes = 11

// flags are those that come before the user's: usual warnings, debugging information by
// which the linker knows lines, and messages that package messages reads.
func (c *compiler) flags() []string {
	list := []string{"-Wall", "-g", "-pthread"}
	switch {
	case c.clang:
		list = append(list, "-fno-color-diagnostics", "-fno-caret-diagnostics", "-Qunused-arguments")
	case c.gcc > 0:
		list = append(list, "-fdiagnostics-color=never", "-fno-diagnostics-show-caret")
	}
	if c.gcc >= gccCountsBytes {
		list = append(list, "-fdiagnostics-column-unit=byte")
	}
	return list
}
