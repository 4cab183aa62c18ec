package cell

import (
	"go/ast"
	"go/types"
	"maps"
)

// A world is what the committed cells have defined. It is never changed: a
// commit makes a new one.
type world struct {
	names   map[string]meaning // what an identifier of the next cell means
	dots    []string           // paths imported with a dot
	slots   map[string][]slot  // variables of the interpreter, by the cell's name
	funcs   map[string][]entryPoint
	made    map[string]string // instances of generic functions and types, by key
	helpers map[string]string // small functions that lowered code calls, by key
	types   map[string]typeSource
	added   map[*types.Func]bool // methods that were added to types of earlier cells
	origins map[string]origin    // where names were declared, for inspection
}

// A meaning is an object of an earlier cell or an imported package.
type meaning struct {
	obj  types.Object // nil for a package
	path string       // import path
}

// A slot is a package variable of the interpreter. Its type never changes; a
// variable that is defined again with the same type has the same slot.
type slot struct {
	name string
	typ  types.Type
}

// An entryPoint is a function of the interpreter, or a method, through which
// earlier callers reach later definitions of the same signature.
type entryPoint struct {
	base string // its guard's variables are named after it
	sig  *types.Signature
}

func newWorld() *world {
	return &world{
		names:   map[string]meaning{},
		slots:   map[string][]slot{},
		funcs:   map[string][]entryPoint{},
		made:    map[string]string{},
		helpers: map[string]string{},
		types:   map[string]typeSource{},
		added:   map[*types.Func]bool{},
		origins: map[string]origin{},
	}
}

func (w *world) clone() *world {
	return &world{
		names:   maps.Clone(w.names),
		dots:    append([]string(nil), w.dots...),
		slots:   maps.Clone(w.slots),
		funcs:   maps.Clone(w.funcs),
		made:    maps.Clone(w.made),
		helpers: maps.Clone(w.helpers),
		types:   maps.Clone(w.types),
		added:   maps.Clone(w.added),
		origins: maps.Clone(w.origins),
	}
}

// A change is what a cell adds to a world.
type change struct {
	names   map[string]meaning
	dots    []string
	slots   map[string]slot
	funcs   map[string]entryPoint
	made    map[string]string
	helpers map[string]string
	types   map[string]typeSource
	added   map[*types.Func]bool
	origins map[string]origin
}

func newChange() *change {
	return &change{
		names:   map[string]meaning{},
		slots:   map[string]slot{},
		funcs:   map[string]entryPoint{},
		made:    map[string]string{},
		helpers: map[string]string{},
		types:   map[string]typeSource{},
		added:   map[*types.Func]bool{},
		origins: map[string]origin{},
	}
}

// empty tells whether no object of the cell is needed any more. Origins are text.
func (c *change) empty() bool {
	return len(c.names)+len(c.dots)+len(c.slots)+len(c.funcs)+len(c.made)+len(c.helpers)+len(c.types)+len(c.added) == 0
}

// apply gives the world that a change makes of w.
func (w *world) apply(c *change) *world {
	if c.empty() && len(c.origins) == 0 {
		return w
	}
	n := w.clone()
	maps.Copy(n.names, c.names)
	maps.Copy(n.made, c.made)
	maps.Copy(n.helpers, c.helpers)
	maps.Copy(n.types, c.types)
	maps.Copy(n.added, c.added)
	maps.Copy(n.origins, c.origins)
	n.dots = append(n.dots, c.dots...)
	for name, s := range c.slots {
		n.slots[name] = append(n.slots[name][:len(n.slots[name]):len(n.slots[name])], s)
	}
	for name, f := range c.funcs {
		n.funcs[name] = append(n.funcs[name][:len(n.funcs[name]):len(n.funcs[name])], f)
	}
	return n
}

// slot finds a variable of the interpreter for a name and type.
func (w *world) slot(name string, t types.Type) (slot, bool) {
	for _, s := range w.slots[name] {
		if types.Identical(s.typ, t) {
			return s, true
		}
	}
	return slot{}, false
}

// entryPoint finds a function of the interpreter for a name and signature.
func (w *world) entryPoint(name string, sig *types.Signature) (entryPoint, bool) {
	for _, f := range w.funcs[name] {
		if types.Identical(f.sig, sig) {
			return f, true
		}
	}
	return entryPoint{}, false
}

// A generic is what is needed to instantiate a generic function or the methods
// of a generic type later.
type generic struct {
	info *types.Info
	decl ast.Decl // *ast.FuncDecl, or nil for a type
}
