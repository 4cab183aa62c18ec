package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A topic is a page of the reference: what is declared in files whose names match.
type topic struct {
	name, title string
	files       *regexp.Regexp
}

// topics are in the order of the course. A file belongs to the first that matches.
var topics = []topic{
	{"processes", "Processes", regexp.MustCompile(`^(fork|spawn|exec|wait|wait4|child|status|kill|group|processes|procfs.*)\.go$`)},
	{"pipes", "Pipes and pipelines", regexp.MustCompile(`^(pipe.*|splice|boundaries)\.go$`)},
	{"fifos", "FIFOs", regexp.MustCompile(`^(fifo|atomicity.*)\.go$`)},
	{"descriptors", "Descriptors and files", regexp.MustCompile(`^(fd|open|dup|descriptors.*|poller|error|inotify)\.go$`)},
	{"signals", "Signals", regexp.MustCompile(`^signal.*\.go$`)},
	{"mapping", "Mapped files and shared memory", regexp.MustCompile(`^map.*\.go$`)},
	{"queue", "The queue and the ring", regexp.MustCompile(`^(queue.*|ring)\.go$`)},
	{"files", "Files as means of communication", regexp.MustCompile(`^(spool.*|cron.*|print|lockfile.*|lockkinds.*|filelock|publish)\.go$`)},
	{"doors", "Doors", regexp.MustCompile(`^door.*\.go$`)},
	{"sockets", "Sockets", regexp.MustCompile(`^(socket.*|tcp.*|hosts|backlog|connections)\.go$`)},
	{"measuring", "Measuring", regexp.MustCompile(`^(bench.*|hierarchy.*|roundtrips.*|latency|sample|compare|sweep|record.*|throughput.*|noise.*)\.go$`)},
	{"tracing", "Traces, tables and charts", regexp.MustCompile(`^(trace|timeline.*|diagram.*|strace|syscalltrace|table.*|chart.*|progress.*|display|whystuck)\.go$`)},
	{"checks", "Homework checks", regexp.MustCompile(`^check.*\.go$`)},
	{"other", "Other names", regexp.MustCompile(``)},
}

// A page is one file of the reference.
type page struct{ name, text string }

// pages returns all pages, the overview first.
func (p *pkg) pages() []page {
	entries := map[string][]string{}
	for _, f := range p.doc.Funcs {
		p.add(entries, f.Decl, p.function("", f, "##"))
	}
	for _, t := range p.doc.Types {
		t.Funcs = slices.DeleteFunc(t.Funcs, func(f *doc.Func) bool {
			elsewhere := p.topic(f.Decl) != p.topic(t.Decl) // Pipe returns two FDs, but belongs to pipes
			if elsewhere {
				p.add(entries, f.Decl, p.function("", f, "##"))
			}
			return elsewhere
		})
		p.add(entries, t.Decl, p.typ(t))
	}
	for _, v := range slices.Concat(p.doc.Consts, p.doc.Vars) {
		p.add(entries, v.Decl, p.values(v))
	}
	overview := "# Reference\n\nThe package `ipclab`, from its doc comments. The examples are compiled with the tests of the package, and run with them where an\noutput is shown. A cell needs neither function nor imports around them.\n\n```{toctree}\n:maxdepth: 1\n\n"
	var out []page
	for _, t := range topics {
		if len(entries[t.name]) == 0 {
			continue
		}
		slices.Sort(entries[t.name])
		overview += t.name + "\n"
		out = append(out, page{t.name, "# " + t.title + "\n\n" + strings.Join(entries[t.name], "\n")})
	}
	return append([]page{{"index", overview + "```\n"}}, out...)
}

// add puts what is declared somewhere on the page of its topic.
func (p *pkg) add(entries map[string][]string, at ast.Node, text string) {
	entries[p.topic(at)] = append(entries[p.topic(at)], text)
}

// topic is the name of the topic to which what is declared somewhere belongs.
func (p *pkg) topic(at ast.Node) string {
	file := filepath.Base(p.fset.Position(at.Pos()).Filename)
	return topics[slices.IndexFunc(topics, func(t topic) bool { return t.files.MatchString(file) })].name
}

// function is a function or method.
func (p *pkg) function(receiver string, f *doc.Func, heading string) string {
	title := f.Name
	if receiver != "" {
		title = receiver + "." + f.Name
	}
	decl := *f.Decl
	decl.Body, decl.Doc = nil, nil
	text := fmt.Sprintf("%s %s\n\n%s%s", heading, title, p.code(&decl), p.prose(f.Doc, heading))
	e, ok := p.of(receiver, f.Name)
	if !ok {
		return text
	}
	return text + shown(e, title)
}

// typ is a type with what makes it and its methods.
func (p *pkg) typ(t *doc.Type) string {
	decl := *t.Decl
	decl.Doc = nil
	text := fmt.Sprintf("## %s\n\n%s%s", t.Name, p.code(&decl), p.prose(t.Doc, "##"))
	if e, ok := p.of("", t.Name); ok && len(t.Funcs) == 0 && len(t.Methods) == 0 {
		text += shown(e, t.Name)
	}
	for _, v := range slices.Concat(t.Consts, t.Vars) {
		text += p.values(v)
	}
	for _, f := range t.Funcs {
		text += p.function("", f, "###")
	}
	for _, m := range t.Methods {
		if plain[m.Name] {
			continue
		}
		text += p.function(t.Name, m, "###")
	}
	return text
}

// plain are methods that many types have for the same purpose, which the overview of tables explains.
var plain = map[string]bool{"String": true, "MIMEBundle": true, "Error": true, "Unwrap": true, "Rows": true, "Table": true, "Chart": true}

func (p *pkg) values(v *doc.Value) string {
	decl := *v.Decl
	decl.Doc = nil
	return fmt.Sprintf("## %s\n\n%s%s", strings.Join(v.Names, ", "), p.code(&decl), p.prose(v.Doc, "##"))
}

// code is a declaration.
func (p *pkg) code(n ast.Node) string {
	var b strings.Builder
	if err := format.Node(&b, p.fset, n); err != nil {
		return ""
	}
	return "```go\n" + b.String() + "\n```\n\n"
}

// prose is a doc comment in Markdown.
func (p *pkg) prose(comment, heading string) string {
	printer := p.doc.Printer()
	printer.HeadingLevel = len(heading) + 1
	printer.DocLinkURL = nil
	return string(printer.Markdown(p.doc.Parser().Parse(comment))) + "\n"
}

// shown is an example with its output.
func shown(e example, title string) string {
	text := "**Example**"
	if e.name != title && e.name != "" {
		text += ", of " + e.name
	}
	text += "\n\n```go\n" + e.code + "\n```\n\n"
	if e.out != "" {
		text += "Output:\n\n```text\n" + e.out + "\n```\n\n"
	}
	return text
}
