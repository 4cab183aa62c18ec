package eval

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Frame is a place in a cell that was reached.
type Frame struct {
	Cell     string
	Line     int
	Function string // "" for the statements of the cell itself
	Text     string // of the line, without the space around it
}

// startFunction stands for the function where a goroutine was started.
const startFunction = "the start of the goroutine"

// String words a frame for the reader of an error.
func (f Frame) String() string {
	s := fmt.Sprintf("%s, line %d", f.Cell, f.Line)
	if f.Function != "" {
		s += ", in " + f.Function
	}
	if f.Text != "" {
		s += ":  " + f.Text
	}
	return s
}

// The marks of lowering (runtime/cell) that say what a user did not write.
const (
	// loweringMark stands in every name that lowering makes, behind the
	// user's own part of it.
	loweringMark = "ˑ"
	// defersName begins the names of the lists of deferred calls, hostName
	// those of package host. guardEnd and versionEnd end the names through
	// which a redefined function is called.
	defersName = "defers" + loweringMark
	hostName   = "host" + loweringMark
	guardEnd   = loweringMark + "cur"
	versionEnd = loweringMark + "ver"
)

// places knows where in the cells the positions of lowered code are.
type places struct {
	mu sync.Mutex

	fset  *token.FileSet
	files []*placedFile     // by position
	cells map[string]string // their texts

	// Files of which nothing can run any more. One is let go of when two more
	// programs have come: whoever was the last to run may still be reported.
	gone, leaving []*placedFile
}

// A placedFile is what has to be known of one lowered file.
type placedFile struct {
	start, end token.Pos
	functions  []span // outer before inner
	hidden     []span // calls that the user did not write
	// safe holds where conditions are that the user did not write and that
	// cannot panic. Every function begins with some. It is nil once the
	// program's steps have been made.
	safe map[token.Pos]bool
}

// A span is a part of a file.
type span struct {
	start, end token.Pos
	name       string
}

func newPlaces(fset *token.FileSet) *places {
	return &places{fset: fset, cells: map[string]string{}}
}

// add makes the positions of a lowered file known. text is the cell as its user
// wrote it.
func (p *places) add(f *ast.File, cell, text string) *placedFile {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cells[cell] = text
	p.leave()
	pf := &placedFile{start: f.FileStart, end: f.FileEnd, safe: map[token.Pos]bool{}}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			pf.functions = append(pf.functions, span{n.Pos(), n.End(), userName(n.Name.Name)})
		case *ast.FuncLit:
			if !pf.isBody(n) {
				pf.functions = append(pf.functions, span{n.Pos(), n.End(), "a function literal"})
			}
		case *ast.IfStmt:
			if lowered(condition(n)) {
				pf.safe[n.Cond.Pos()] = true
				pf.safe[condition(n).Pos()] = true
			}
		case *ast.CallExpr:
			if lowered(n.Fun) {
				pf.hidden = append(pf.hidden, span{start: n.Pos(), end: n.Lparen})
			}
			if isRun(n) {
				// Its argument is the body of the function around it.
				pf.functions = append(pf.functions, span{n.Lparen, n.Rparen, pf.around(n.Pos())})
			}
		}
		return true
	})
	p.files = append(p.files, pf)
	return pf
}

// ended is called when nothing of a file can run any more.
func (p *places) ended(f *placedFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = append(p.gone, f)
}

// leave lets go of files. The texts of cells stay: generic code of one may be in
// the file of another.
func (p *places) leave() {
	for _, f := range p.leaving {
		if i := slices.Index(p.files, f); i >= 0 {
			p.files = slices.Delete(p.files, i, i+1)
		}
		if file := p.fset.File(f.start); file != nil {
			p.fset.RemoveFile(file)
		}
	}
	p.leaving, p.gone = p.gone, nil
}

// condition is the variable that a condition of lowering's looks at.
func condition(s *ast.IfStmt) ast.Expr {
	switch c := s.Cond.(type) {
	case *ast.BinaryExpr:
		return c.X
	case *ast.StarExpr:
		return c.X
	}
	return s.Cond
}

// isRun tells the call that runs the body of a function that defers.
func isRun(c *ast.CallExpr) bool {
	s, ok := c.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Run" && lowered(c.Fun)
}

// isBody tells whether a function literal is the argument of such a call.
func (f *placedFile) isBody(l *ast.FuncLit) bool {
	n := len(f.functions)
	return n > 0 && f.functions[n-1].start == l.Pos()-1
}

// lowered tells callees and variables that the user did not write.
func lowered(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return strings.HasSuffix(x.Name, guardEnd) || strings.HasSuffix(x.Name, versionEnd) || keptName.MatchString(x.Name)
	case *ast.SelectorExpr:
		id, ok := x.X.(*ast.Ident)
		return ok && (strings.HasPrefix(id.Name, defersName) || strings.HasPrefix(id.Name, hostName) && x.Sel.Name == "Stop")
	}
	return false
}

// keptName matches the variable that holds the function of a deferred call or of
// a go statement.
var keptName = regexp.MustCompile("^d" + loweringMark + "[0-9]+t[0-9]+$")

// userName is what the user calls a function of lowered code.
func userName(name string) string {
	if m := methodName.FindStringSubmatch(name); m != nil {
		return m[1] + "." + m[2]
	}
	user, version, _ := strings.Cut(name, loweringMark)
	if user == "cell" && version == "run" {
		return ""
	}
	return user
}

// methodName matches the function that lowering makes of a method: the type, the
// type's version, the method, the method's version.
var methodName = regexp.MustCompile("^([^_" + loweringMark + "]+)(?:" + loweringMark + "[^_]*)?_([^" + loweringMark + "]+)" + loweringMark + ".*$")

func (f *placedFile) around(pos token.Pos) string {
	name := ""
	for _, s := range f.functions {
		if s.start <= pos && pos < s.end {
			name = s.name
		}
	}
	return name
}

// frames says where in the cells positions are, leaving out what the user did
// not write.
func (p *places) frames(passed []token.Pos) []Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	var frames []Frame
	for _, pos := range passed {
		if f, ok := p.frame(pos); ok {
			frames = append(frames, f)
		}
	}
	return frames
}

func (p *places) frame(pos token.Pos) (Frame, bool) {
	i, _ := slices.BinarySearchFunc(p.files, pos, func(f *placedFile, pos token.Pos) int { return int(f.end - pos) })
	if i == len(p.files) || pos < p.files[i].start {
		return Frame{}, false
	}
	file, at := p.files[i], p.fset.Position(pos)
	hidden := slices.ContainsFunc(file.hidden, func(s span) bool { return s.start == pos })
	// Generic code of cell1 that cell5 instantiates is at cell1/cell5.
	cell, _, _ := strings.Cut(at.Filename, "/")
	text, known := p.cells[cell]
	if hidden || !known || text != "" && at.Line > strings.Count(text, "\n")+1 {
		return Frame{}, false
	}
	frame := p.line(cell, at.Line)
	frame.Function = file.around(pos)
	return frame, true
}

// line is a frame without its function.
func (p *places) line(cell string, line int) Frame {
	f := Frame{Cell: cell, Line: line}
	if lines := strings.Split(p.cells[cell], "\n"); line >= 1 && line <= len(lines) {
		f.Text = strings.TrimSpace(lines[line-1])
	}
	return f
}

// start is the frame of what started a goroutine.
func (p *places) start(cell string, line int) Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.line(cell, line)
	f.Function = startFunction
	return f
}
