package cell

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// An Importer gives the checker the packages that cells may import.
type Importer interface {
	types.Importer
	// Paths returns the import path of every package there is.
	Paths() []string
}

// A Session is what the cells of one notebook have defined so far. Its methods
// may be called from several goroutines.
type Session struct {
	mu       sync.Mutex
	fset     *token.FileSet
	packages *packages
	pkg      *types.Package // main, with the scope of the cell checked last
	blank    types.Package  // pkg as it was made
	world    *world
	ids      map[types.Object]string   // the interpreter's name of an object of a cell
	generics map[types.Object]*generic // by function or type name
	methods  map[types.Object][]*generic
	foreign  map[types.Object]bool
	versions map[string]int       // highest number given to a name
	added    map[*types.Func]bool // methods added to types of earlier cells, by any cell
	files    int                  // number of programs, makes import names unique
}

// A Program is a checked and lowered cell.
type Program struct {
	Name   string // as given to Prepare
	Source string // a complete file of package main for the interpreter, "" if the cell does nothing
	Entry  string // the function of Source to call without arguments, "" if there is nothing to run

	// Repeatable says that the cell does the same when it is run again after the
	// same cells, at once and with no effect on anything but variables.
	Repeatable bool

	change   *change
	ids      map[types.Object]string
	generics map[types.Object]*generic
	methods  map[types.Object][]*generic
	foreign  map[types.Object]bool
}

// A Snapshot is what a session knew at some time.
type Snapshot struct{ world *world }

// NewSession returns a session without definitions.
func NewSession(imp Importer) *Session {
	fset := token.NewFileSet()
	s := &Session{fset: fset, packages: newPackages(imp, fset), pkg: types.NewPackage("main", "main")}
	s.blank = *s.pkg
	s.clear()
	return s
}

func (s *Session) clear() {
	s.world = newWorld()
	s.ids = map[types.Object]string{}
	s.generics = map[types.Object]*generic{}
	s.methods = map[types.Object][]*generic{}
	s.foreign = map[types.Object]bool{}
	s.versions = map[string]int{}
	s.added = map[*types.Func]bool{}
}

// Reset forgets all definitions and imports, for an interpreter that has been
// started again. Snapshots taken before are of no use afterwards.
func (s *Session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

// Snapshot returns what is defined now, for Restore.
func (s *Session) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Snapshot{s.world}
}

// Restore takes the session back to a snapshot, for an interpreter that has been
// taken back to the same moment.
func (s *Session) Restore(snap Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snap.world != nil {
		s.world = snap.world
	}
}

// Prepare parses, checks and lowers a cell. The name is what positions in errors
// and in Program.Source say; the error is an *Error. The session stays as it was.
func (s *Session) Prepare(name, source string) (p *Program, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, internal(name, source, r)
		}
	}()
	return s.prepare(name, source)
}

// internal reports a fault of this package or of go/types.
func internal(name, source string, fault any) *Error {
	ps := problems{src: source}
	ps.add(0, "internal error: %v (at %s)", fault, faultLine(debug.Stack()))
	return ps.err(name)
}

// Commit makes the definitions of a program known to later cells: call it when
// the interpreter has accepted Source.
func (s *Session) Commit(p *Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world = s.world.apply(p.change)
	maps.Copy(s.ids, p.ids)
	maps.Copy(s.generics, p.generics)
	maps.Copy(s.methods, p.methods)
	maps.Copy(s.foreign, p.foreign)
}

func (s *Session) prepare(name, source string) (*Program, error) {
	c := parseCell(s.fset, name, source)
	if err := c.problems.err(name); err != nil {
		s.forget(c)
		return nil, err
	}
	ch, perr := s.check(c)
	if perr != nil {
		s.forget(c)
		return nil, perr
	}
	p, perr := s.lower(ch)
	if perr != nil {
		s.forget(c)
		return nil, perr
	}
	if p.change.empty() {
		s.forget(c)
	}
	return p, nil
}

// forget drops the files of a cell that no object refers to.
func (s *Session) forget(c *parsed) {
	for _, pos := range []token.Pos{c.declFile.FileStart, c.stmtFile.FileStart} {
		if f := s.fset.File(pos); f != nil {
			s.fset.RemoveFile(f)
		}
	}
}

// freshPackage gives the package of all cells without what the last check left in
// it. It has to be the same package each time, with the same scope: the checker
// compares where unexported fields belong, and looks for the scope of the package
// above the types of earlier cells.
func (s *Session) freshPackage() *types.Package {
	*s.pkg = s.blank
	*s.pkg.Scope() = *types.NewPackage("main", "main").Scope()
	return s.pkg
}

// version gives a name that the interpreter does not have yet: the cell's own
// the first time, then with a number.
func (s *Session) version(name string) string {
	s.versions[name]++
	if n := s.versions[name]; n > 1 || reserved(name) {
		return fmt.Sprintf("%s%s%d", name, mark, n)
	}
	return name
}

// reserved tells names that lowered code or the interpreter needs for itself.
func reserved(name string) bool {
	return types.Universe.Lookup(name) != nil || name == "main" || name == "init"
}

func sizes() types.Sizes { return types.SizesFor("gc", runtime.GOARCH) }

// faultLine finds where in this package or in go/types a panic began.
func faultLine(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic(") && i+3 < len(lines) {
			return strings.TrimSpace(lines[i+3])
		}
	}
	return "unknown"
}
