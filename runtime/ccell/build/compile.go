package build

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/ccell"
	"ipclab/runtime/ccell/messages"
)

// A Program is what a cell of C was compiled to.
type Program struct {
	Path     string
	Warnings []string // of the compiler, a line each
	Found    bool     // it was in the cache
}

// keyBytes is how much of a hash is a key.
const keyBytes = 20

// Compile compiles a cell, or finds the program that it was compiled to before. The error
// is a *ccell.Error if it is the cell's or if there is no compiler.
func (c *Cache) Compile(r *ccell.Request) (*Program, error) {
	cc, err := find()
	if err != nil {
		return nil, err
	}
	key, cacheable := keyOf(cc, r)
	if list, ok := c.headers(key); ok && cacheable {
		if path, text, ok := c.entry(withHeaders(key, list), r.Name); ok {
			return &Program{Path: path, Warnings: render(r, messages.Parse(text)), Found: true}, nil
		}
	}
	defer c.trim()
	return c.compile(cc, r, key, cacheable)
}

// compile runs the compiler and makes an entry of what it has made.
func (c *Cache) compile(cc *compiler, r *ccell.Request, key string, cacheable bool) (*Program, error) {
	folder, err := c.temporary()
	if err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	defer os.RemoveAll(folder)
	begun := time.Now()
	text, err := cc.run(folder, program(r), c.arguments(cc, r, folder)...)
	list := messages.Parse(text)
	if err != nil {
		return nil, failure(r, list, err)
	}
	rule, _ := os.ReadFile(filepath.Join(folder, rulesFile)) // a compiler without -MD writes none
	names := parseDependencies(string(rule))
	if rule == nil || changedSince(names, begun) {
		cacheable = false
	}
	whole := withHeaders(key, names)
	if !cacheable {
		whole = strings.ToLower(rand.Text())
	}
	path, err := c.enter(folder, whole, r.Name, text)
	if err != nil {
		return nil, err
	}
	if cacheable {
		_ = c.setHeaders(key, names) // without them it is compiled again the next time
	}
	return &Program{Path: path, Warnings: render(r, list)}, nil
}

// program is the text that the compiler reads. The first line tells it where it is from.
func program(r *ccell.Request) string {
	if r.Text == "" {
		return ""
	}
	return fmt.Sprintf("#line %d %q\n%s\n", r.Line, r.Source(), r.Text)
}

// rulesFile is where the compiler writes the names of headers.
const rulesFile = ".rules"

// arguments are those of the compiler: it reads standard input, so that neither the size
// of a source is bounded nor the folder another one than the cell's.
func (c *Cache) arguments(cc *compiler, r *ccell.Request, folder string) []string {
	list := append(cc.flags(), "-MD", "-MF", filepath.Join(folder, rulesFile), "-MT", "cell")
	if r.Text != "" {
		list = append(list, "-x", "c", "-", "-x", "none")
	}
	if object := c.lineBuffer(cc, r.Flags); object != "" {
		list = append(list, object)
	}
	return append(append(list, r.Flags...), "-o", filepath.Join(folder, r.Name))
}

// run runs the compiler and returns what it has written.
func (cc *compiler) run(folder, source string, arguments ...string) (string, error) {
	in, out := filepath.Join(folder, ".source"), filepath.Join(folder, ".output")
	if err := os.WriteFile(in, []byte(source), 0o600); err != nil {
		return "", err
	}
	defer os.Remove(in)
	input, err := os.Open(in)
	if err != nil {
		return "", err
	}
	defer input.Close()
	output, err := os.Create(out)
	if err != nil {
		return "", err
	}
	defer os.Remove(out)
	defer output.Close()
	cmd := exec.Command(cc.command[0], slices.Concat(cc.command[1:], arguments)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, output, output
	cmd.Env = environment(folder)
	cmd.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL} // it ends with this process, or rather with this thread
	runtime.LockOSThread()
	runErr := cmd.Run()
	runtime.UnlockOSThread()
	const most = 1 << 20
	text, err := io.ReadAll(io.NewSectionReader(output, 0, most))
	if runErr == nil {
		runErr = err
	}
	return string(text), runErr
}

// environment is that of the compiler: with messages in English, no programs of students
// in PATH, and its own temporary files where they are removed.
func environment(folder string) []string {
	list := slices.DeleteFunc(os.Environ(), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains([]string{"PATH", "LANGUAGE", "LC_ALL", "TMPDIR"}, name)
	})
	return append(list, "PATH="+systemPath(), "LC_ALL=C.UTF-8", "TMPDIR="+folder)
}

// looked are the variables that compilers look at.
var looked = []string{"CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "SOURCE_DATE_EPOCH", "SDKROOT"}

// keyOf is the key of a cell, without its headers. A program is not cacheable if it depends
// on what is not known: the time, or libraries.
func keyOf(cc *compiler, r *ccell.Request) (key string, cacheable bool) {
	sources := len(r.Sources()) // compilers list the headers of one
	if r.Text != "" {
		sources++
	}
	cacheable = sources == 1
	for _, moment := range []string{"__DATE__", "__TIME__", "__TIMESTAMP__"} {
		cacheable = cacheable && !strings.Contains(r.Text, moment)
	}
	var files []string
	for _, flag := range r.Flags {
		for _, prefix := range []string{"-L", "-B", "-T", "@", "-Wl,", "-Xlinker", "-static", "-specs", "-fplugin", "-fprofile-use", "-x"} {
			cacheable = cacheable && !strings.HasPrefix(flag, prefix)
		}
		if !strings.HasPrefix(flag, "-") {
			files = append(files, contentOf(flag))
		}
	}
	var variables []string
	for _, name := range looked {
		variables = append(variables, os.Getenv(name))
	}
	folder, _ := os.Getwd()
	content, err := json.Marshal([]any{1, cc.identity, cc.flags(), r.Flags, files, variables, folder, r.Name, program(r), lineBufferSource})
	hash := sha256.Sum256(content)
	return fmt.Sprintf("%x", hash[:keyBytes]), cacheable && err == nil
}
