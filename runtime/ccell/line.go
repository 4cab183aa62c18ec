package ccell

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrHelp says that the line asks for help.
var ErrHelp = errors.New("help is asked for")

// ParseLine reads what stands behind %%c in the line of a cell. The error is for the
// user, or ErrHelp.
func ParseLine(line string) (*Request, error) {
	list, err := words(line)
	if err != nil {
		return nil, err
	}
	p := &parser{words: list, request: &Request{}}
	for len(p.words) > 0 {
		if err := p.word(p.take()); err != nil {
			return nil, err
		}
	}
	return p.request, p.finish()
}

// A parser reads the words of a line one after the other.
type parser struct {
	words   []string
	request *Request
	args    bool // -args was there
}

func (p *parser) take() string {
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

// word reads one word, with the one behind it if that belongs to it.
func (p *parser) word(word string) error {
	if name, value, ok := option(word); ok {
		return p.option(name, value, strings.Contains(word, "="))
	}
	switch {
	case word == "--":
		return errors.New("-- is not needed; -args \"…\" gives the program its arguments")
	case slices.Contains(partly, word) || strings.HasPrefix(word, "-M"):
		return fmt.Errorf("%%%%c makes a program; %s makes something else, for which there is %%%%sh", word)
	case strings.HasPrefix(word, "-") || strings.Contains(word, "/") || p.request.Name != "":
		return p.flag(word)
	}
	p.request.Name = strings.TrimSuffix(word, ".c")
	return checkName(p.request.Name)
}

// partly are the flags with which a compiler makes no program.
var partly = []string{"-c", "-S", "-E", "-fsyntax-only", "-shared"}

// option takes apart a word that is an option of %%c itself.
func option(word string) (name, value string, ok bool) {
	if strings.HasPrefix(word, "-o") && word != "-o" {
		return "o", word[2:], true
	}
	name, value, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	return name, value, strings.HasPrefix(word, "-") && slices.Contains([]string{"o", "args", "limit", "buffered", "help"}, name)
}

func (p *parser) option(name, value string, given bool) error {
	r := p.request
	switch name {
	case "help":
		return ErrHelp
	case "buffered":
		r.Buffered = true
		return nil
	}
	if !given && value == "" {
		if len(p.words) == 0 {
			return fmt.Errorf("there is nothing behind -%s", name)
		}
		value = p.take()
	}
	switch name {
	case "o":
		r.Keep = value
		return checkKeep(value)
	case "args":
		list, err := words(value)
		r.Args, p.args = append(r.Args, list...), true
		return err
	}
	var err error
	r.Limit, err = limit(value)
	return err
}

// flag takes a word for the compiler.
func (p *parser) flag(word string) error {
	if !strings.HasPrefix(word, "-") && !isFile(word) {
		return fmt.Errorf("%s: the program has a name already, %s; arguments for it go behind -args", word, p.request.Name)
	}
	p.request.Flags = append(p.request.Flags, word)
	if slices.Contains(withValue, word) {
		if len(p.words) == 0 {
			return fmt.Errorf("there is nothing behind %s", word)
		}
		p.request.Flags = append(p.request.Flags, p.take())
	}
	return nil
}

// withValue are the flags of compilers whose value may be a word of its own.
var withValue = []string{
	"-D", "-U", "-I", "-L", "-l", "-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-isysroot", "-x", "-Xlinker",
	"-Xpreprocessor", "-Xassembler", "-Xclang", "-T", "-u", "-z", "-B", "-target", "--param", "-framework",
}

// isFile tells words that can only be files for the compiler.
func isFile(word string) bool {
	return strings.Contains(word, "/") || slices.Contains([]string{".c", ".h", ".o", ".a", ".so", ".s", ".S"}, filepath.Ext(word)) ||
		strings.HasPrefix(word, "@")
}

// finish looks at the whole.
func (p *parser) finish() error {
	r := p.request
	if r.Keep != "" && (p.args || r.Limit > 0) {
		return errors.New("-o keeps the program and does not run it: -args and -limit are of no use beside it")
	}
	if r.Name == "" && r.Keep != "" {
		r.Name = filepath.Base(r.Keep)
	}
	if files := r.Sources(); r.Name == "" && len(files) > 0 {
		r.Name = strings.TrimSuffix(filepath.Base(files[0]), ".c")
		return checkName(r.Name)
	}
	if r.Name == "" {
		r.Name = DefaultName
	}
	return nil
}

// plain matches the names of programs. They are names of files and stand in messages. It is compiled when it is first
// used: every start of the program would wait for it otherwise.
var plain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_][\pL\pN_.+-]*$`) })

// maxName bounds the length of a name, in bytes. A file's may have 255.
const maxName = 100

func checkName(name string) error {
	if !plain().MatchString(name) || len(name) > maxName {
		return fmt.Errorf("%q is no name for a program: letters, digits, _, -, + and . are, %d at most", name, maxName)
	}
	return nil
}

func checkKeep(path string) error {
	if strings.HasSuffix(path, "/") || path == "" {
		return fmt.Errorf("-o %q: the name of a program is missing", path)
	}
	if err := checkName(filepath.Base(path)); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	return nil
}

// limit reads a time limit: "10s", "1m30s", or seconds as a bare number.
func limit(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		var seconds float64
		if seconds, err = strconv.ParseFloat(text, 64); err == nil && seconds < 1e9 {
			d = time.Duration(seconds * float64(time.Second))
		}
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("-limit %s: no time; -limit 10s is one", text)
	}
	return d, nil
}
