package cell

import (
	"go/doc/comment"
	"go/types"
	"strings"

	"ipclab/runtime/comments"
)

// An Inspection is what is known of a name.
type Inspection struct {
	Declaration string   // as one would read it in the documentation
	Doc         string   // the comment above it, without comment marks
	Methods     []string // of a type
	Source      string   // of what a cell has defined, if asked for
	Variable    string   // the interpreter's name of a variable that committed cells have defined
	Value       string   // what the variable holds, as text; whoever runs cells can add it
	NoValue     string   // or why that is not known
}

// textWidth is how wide comments are set in plain text.
const textWidth = 80

// Text gives the inspection as plain text.
func (in Inspection) Text() string {
	var b strings.Builder
	b.WriteString(in.Declaration)
	switch {
	case in.NoValue != "":
		b.WriteString("\n\nValue not shown: " + in.NoValue)
	case strings.Contains(in.Value, "\n"):
		b.WriteString("\n\nValue:\n" + in.Value)
	case in.Value != "":
		b.WriteString("\n\nValue: " + in.Value)
	}
	if in.Doc != "" {
		p := comment.Printer{TextWidth: textWidth}
		b.WriteString("\n\n" + strings.TrimSpace(string(p.Text(in.parsedDoc()))))
	}
	if len(in.Methods) > 0 {
		b.WriteString("\n\n" + strings.Join(in.Methods, "\n"))
	}
	if in.Source != "" {
		b.WriteString("\n\n" + in.Source)
	}
	return b.String()
}

// Markdown gives the inspection as Markdown.
func (in Inspection) Markdown() string {
	var b strings.Builder
	b.WriteString(fence("go", in.Declaration))
	if in.Value != "" {
		b.WriteString("\nValue:\n\n" + fence("text", in.Value))
	}
	if in.NoValue != "" {
		b.WriteString("\nValue not shown: " + in.NoValue + "\n")
	}
	if in.Doc != "" {
		p := comment.Printer{
			HeadingLevel:   4,
			HeadingID:      func(*comment.Heading) string { return "" },
			DocLinkBaseURL: "https://pkg.go.dev",
		}
		b.WriteString("\n" + strings.TrimSpace(string(p.Markdown(in.parsedDoc()))) + "\n")
	}
	if len(in.Methods) > 0 {
		b.WriteString("\n" + fence("go", strings.Join(in.Methods, "\n")))
	}
	if in.Source != "" {
		b.WriteString("\n" + fence("go", in.Source))
	}
	return b.String()
}

func (in Inspection) parsedDoc() *comment.Doc {
	var p comment.Parser
	return p.Parse(in.Doc)
}

// fence puts text into a code block that no line of it ends.
func fence(language, source string) string {
	marks := "```"
	for strings.Contains(source, marks) {
		marks += "`"
	}
	return marks + language + "\n" + source + "\n" + marks + "\n"
}

// inspection describes a target.
func (s *Session) inspection(t target, full bool) Inspection {
	in := Inspection{Declaration: declaration(t.obj), Doc: s.doc(t)}
	switch obj := t.obj.(type) {
	case *types.PkgName:
		if !full {
			in.Doc, _, _ = strings.Cut(in.Doc, "\n\n")
		}
	case *types.TypeName:
		in.Methods = s.methodsOf(obj)
	case *types.Var:
		in.Variable = s.variable(obj)
	}
	if full && t.origin.src != "" && t.origin.member == "" {
		in.Source = t.origin.source()
	}
	return in
}

// variable is the interpreter's name of a variable at package level, "" if it has
// none. In the text of the cell that has defined it, the name means a variable
// yet to be defined: as long as its type reads the same, the one that is there is
// what one wants to know about.
func (s *Session) variable(v *types.Var) string {
	if id, ok := s.ids[v]; ok && s.world.names[v.Name()].obj == v {
		return id
	}
	there, ok := s.world.names[v.Name()].obj.(*types.Var)
	if !ok || v.Parent() != s.pkg.Scope() || types.TypeString(there.Type(), short) != types.TypeString(v.Type(), short) {
		return ""
	}
	return s.ids[there]
}

// doc is the comment of a target. That there is none, or that it cannot be read,
// is no reason not to tell the rest.
func (s *Session) doc(t target) string {
	if t.origin.src != "" {
		return t.origin.doc()
	}
	path, name, member := "builtin", "", ""
	if pkg, ok := t.obj.(*types.PkgName); ok {
		path = s.packages.pathOf(pkg.Imported())
	} else {
		if name, member = t.key(); name == "" || isCell(t.obj.Pkg()) {
			return ""
		}
		if t.obj.Pkg() != nil {
			path = s.packages.pathOf(t.obj.Pkg())
		}
	}
	if member == "" {
		text, _ := comments.Of(path, name)
		return text
	}
	text, _ := comments.Of(path, name+"."+member)
	if f, ok := t.obj.(*types.Func); ok && text == "" && types.IsInterface(f.Signature().Recv().Type()) {
		text, _ = comments.Of(path, name) // such as io.Reader's, which tells about Read
	}
	return text
}
