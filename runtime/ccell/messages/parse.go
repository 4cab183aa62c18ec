package messages

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A Severity is how bad it is.
type Severity int

// The severities. Plain is a line in no known form.
const (
	Plain Severity = iota
	Note
	Warning
	Error
)

// A Message is one thing that a compiler or linker says.
type Message struct {
	File     string // "" if it is about no file
	Line     int    // from 1; 0 if it is about no line
	Column   int    // from 1, in bytes; 0 if it is not known
	Severity Severity
	Text     string
	From     []Place // the places through which File was included, innermost first
}

// A Place is a line of a file.
type Place struct {
	File string
	Line int
}

var (
	// located is file:line:column: severity: text. gcc says "fatal error" where it gives up.
	located = later(`^([^:\s][^:]*):(\d+):(?:(\d+):)? (fatal error|error|warning|note|remark): (.*)$`)
	// unlocated is what the compiler's parts say of no line: "cc1: error: …".
	unlocated = later(`^([^\s:][^:]*): (fatal error|error|warning|note): (.*)$`)
	// alone is how clang ends a long list.
	alone = later(`^(fatal error|error|warning): (.*)$`)
	// linked is what GNU ld says of a line; there may be the name of the linker or of
	// an object in front, and a place in the section instead of the line or behind it.
	linked = later(`^(?:\S*ld\S*: )?(?:\S+\.o: ?)?(?:(\S+?):(\d+): |(?:(\S+?):(?:(\d+):)?)?\(\.\S+\+0x[0-9a-f]+\): )((?:undefined reference|multiple definition|first defined|warning:).*)$`)
	// linkerError is what linkers say of no line.
	linkerError = later(`^\S*ld\S*: ((?:cannot find|undefined|error:|unrecognized|final link|warning:).*)$`)
	// referenced is where lld says that an undefined symbol is used.
	referenced = later(`^>>> (?:referenced|defined) (?:by|at) (?:\S+ \()?(\S+?):(\d+)\)?$`)
	// included begins or continues a list of places.
	included = later(`^(?:In file included|\s+) from (.+?):(\d+)(?::\d+)?[,:]$`)
	// noise says nothing that other lines do not say.
	noise = later(`: In function [‘'` + "`" + `].*:$|: in function [‘'` + "`" + `].*:$|: At top level:$|^compilation terminated\.$|` +
		`^\d+ (?:error|warning)s?(?: and \d+ errors?)? generated\.$|^collect2: error: ld returned|^\S+: error: linker command failed|` +
		`^\s*\d* \| |^>>> `)
)

// later is an expression that is compiled when it is first used: every start of the program would wait for it otherwise.
func later(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// Parse reads what a compiler has written to standard error.
func Parse(text string) []Message {
	var p parser
	for line := range strings.Lines(text) {
		p.line(strings.TrimRight(line, "\r\n"))
	}
	return p.list
}

// A parser reads lines one after the other.
type parser struct {
	list []Message
	from []Place // of the message that comes
}

func (p *parser) line(line string) {
	if m := included().FindStringSubmatch(line); m != nil {
		p.from = append(p.from, Place{m[1], number(m[2])})
		return
	}
	if m := referenced().FindStringSubmatch(line); m != nil && p.place(m[1], number(m[2])) {
		return
	}
	m, ok := message(line)
	if !ok {
		return
	}
	m.From, p.from = p.from, nil
	p.list = append(p.list, m)
}

// place gives the last message its place, which lld says in a line of its own.
func (p *parser) place(file string, line int) bool {
	if len(p.list) == 0 || p.list[len(p.list)-1].Line > 0 {
		return false
	}
	last := &p.list[len(p.list)-1]
	last.File, last.Line = file, line
	return true
}

// message reads a line. ok is false if there is nothing in it.
func message(line string) (_ Message, ok bool) {
	if m := located().FindStringSubmatch(line); m != nil {
		return Message{File: m[1], Line: number(m[2]), Column: number(m[3]), Severity: severities[m[4]], Text: m[5]}, true
	}
	if m := linked().FindStringSubmatch(line); m != nil {
		return linkerMessage(m), true
	}
	if strings.TrimSpace(line) == "" || noise().MatchString(line) {
		return Message{}, false
	}
	if m := linkerError().FindStringSubmatch(line); m != nil {
		return byWord(m[1]), true
	}
	if m := unlocated().FindStringSubmatch(line); m != nil {
		return Message{Severity: severities[m[2]], Text: m[3]}, true
	}
	if m := alone().FindStringSubmatch(line); m != nil {
		return Message{Severity: severities[m[1]], Text: m[2]}, true
	}
	return Message{Text: line}, true
}

// linkerMessage makes a message of what linked has found.
func linkerMessage(m []string) Message {
	message := byWord(m[5])
	message.File, message.Line = m[1]+m[3], number(m[2]+m[4])
	if strings.HasPrefix(m[5], "first defined") {
		message.Severity = Note
	}
	return message
}

// byWord makes an error of a text, or what its first word says.
func byWord(text string) Message {
	for _, word := range []string{"error", "warning"} {
		if rest, ok := strings.CutPrefix(text, word+": "); ok {
			return Message{Severity: severities[word], Text: rest}
		}
	}
	return Message{Severity: Error, Text: text}
}

var severities = map[string]Severity{"fatal error": Error, "error": Error, "warning": Warning, "note": Note, "remark": Note}

// number reads digits; of a line that no file has, it is 0.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1<<30 {
		return 0
	}
	return n
}
