package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// hostPath is the import path under which the interpreter has what lowered code
// calls: Result, Stop and Interrupted.
const hostPath = "ipclab/host"

// entryName is the function of the interpreter that holds a cell's statements.
// Each cell defines it anew.
const entryName = "cell" + mark + "run"

// A lowering writes one checked cell as a file for the interpreter.
type lowering struct {
	s       *Session
	ch      *checked
	change  *change
	ids     map[types.Object]string
	file    int
	imports map[string]string // alias by import path
	decls   strings.Builder   // declarations, complete
	setup   strings.Builder   // descriptions of types
	start   strings.Builder   // statements that come before the cell's own
	gen     map[types.Object]*generic
	methods map[types.Object][]*generic
	queue   []func()              // instances still to be written
	foreign map[types.Object]bool // types defined by those of packages
	temps   int
	source  *parsed // for problems
}

// lower writes a checked cell. What it cannot write becomes a problem.
func (s *Session) lower(ch *checked) (*Program, *Error) {
	s.files++
	l := &lowering{
		s: s, ch: ch, change: newChange(), file: s.files, source: ch.parsed,
		ids:     map[types.Object]string{},
		imports: map[string]string{},
		gen:     map[types.Object]*generic{},
		methods: map[types.Object][]*generic{},
		foreign: map[types.Object]bool{},
	}
	l.nameObjects()
	l.findGenerics()
	l.findForeign()
	e := l.emitter(ch.info)
	l.declarations(e)
	body := l.statements(e)
	for len(l.queue) > 0 {
		next := l.queue[0]
		l.queue = l.queue[1:]
		next()
	}
	if err := ch.problems.err(ch.name); err != nil {
		return nil, err
	}
	l.remember()
	p := &Program{Name: ch.name, change: l.change, ids: l.ids, generics: l.gen, methods: l.methods, foreign: l.foreign}
	p.Repeatable = ch.repeatable()
	l.assemble(p, body)
	return p, nil
}

// assemble puts the file together.
func (l *lowering) assemble(p *Program, body string) {
	run := body
	if made := l.setup.String() + l.start.String(); made != "" {
		run = l.generated() + made + fmt.Sprintf("/*line %s:1:1*/", l.ch.name) + body
	}
	if run == "" && l.decls.Len() == 0 && len(l.gen)+len(l.methods) == 0 {
		// Generic code is written where it is used, but its text is needed for
		// the errors that show it.
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "/*line %s:1:1*/package main\n", l.ch.name)
	for _, path := range sortedKeys(l.imports) {
		fmt.Fprintf(&b, "import %s %q\n", l.imports[path], path)
	}
	b.WriteString(l.decls.String())
	if run != "" {
		p.Entry = entryName
		fmt.Fprintf(&b, "/*line %s:1:1*/func %s() {\n%s}\n", l.ch.name, entryName, run)
	}
	p.Source = b.String()
}

// nameObjects gives the package's objects of this cell their names in the
// interpreter, before anything is written that may refer to them.
func (l *lowering) nameObjects() {
	scope := l.ch.pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if strings.ContainsAny(name, mark+".") || l.ch.base.names[name].obj == obj {
			continue
		}
		switch obj := obj.(type) {
		case *types.Var:
			l.nameVariable(obj)
		case *types.Func, *types.TypeName:
			l.ids[obj] = l.s.version(name)
		}
	}
}

// findForeign notes the types that are defined by those of packages.
func (l *lowering) findForeign() {
	for _, s := range l.ch.typeSpecs() {
		if foreignType(l.ch.info.TypeOf(s.Type)) {
			l.foreign[l.ch.info.Defs[s.Name]] = true
		}
	}
}

// nameVariable finds or makes the variable of the interpreter for one of the
// cell's top level.
func (l *lowering) nameVariable(v *types.Var) {
	if s, ok := l.ch.base.slot(v.Name(), v.Type()); ok {
		l.ids[v] = s.name
		return
	}
	name := l.s.version(v.Name())
	l.ids[v] = name
	l.change.slots[v.Name()] = slot{name, v.Type()}
}

// fresh tells whether the interpreter does not have the variable yet.
func (l *lowering) fresh(v *types.Var) bool {
	s, ok := l.change.slots[v.Name()]
	return ok && s.name == l.ids[v]
}

// declarations writes variables, types and functions.
func (l *lowering) declarations(e *emitter) {
	for _, name := range sortedKeys(l.change.slots) {
		s := l.change.slots[name]
		obj := l.ch.pkg.Scope().Lookup(name)
		e.pos = obj.Pos()
		l.decls.WriteString(l.variable(s.name, l.variableType(e, s)))
	}
	for _, d := range l.ch.declFile.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.TYPE {
				for _, s := range d.Specs {
					l.typeSpec(e, s.(*ast.TypeSpec))
				}
			}
		case *ast.FuncDecl:
			l.function(e, d)
		}
	}
	for _, m := range l.ch.later {
		l.laterMethod(e, m)
	}
	l.callFunctions(e)
}

// callFunctions has the cell run its init functions.
func (l *lowering) callFunctions(e *emitter) {
	if l.ch.program {
		l.initialize(e)
	}
	for _, d := range l.ch.declFile.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			fmt.Fprintf(&l.start, "%s()\n", l.id(l.ch.info.Defs[f.Name]))
		}
	}
}

// initialize writes the variables of a whole program, in the order in which
// they depend on each other.
func (l *lowering) initialize(e *emitter) {
	n := *e
	n.b, n.topLevel = &l.start, true
	for _, v := range l.ch.pkg.Scope().Names() {
		if v, ok := l.ch.pkg.Scope().Lookup(v).(*types.Var); ok && l.ids[v] != "" {
			n.zero(v)
		}
	}
	for _, i := range l.ch.info.InitOrder {
		names := make([]string, len(i.Lhs))
		for k, v := range i.Lhs {
			names[k] = "_"
			if v.Name() != "_" {
				names[k] = n.name(v)
			}
		}
		fmt.Fprintf(&l.start, "%s%s = %s\n", l.line(i.Rhs.Pos()), strings.Join(names, ", "), n.expr(i.Rhs, i.Lhs[0].Type()))
	}
}

// remember notes what later cells may refer to.
func (l *lowering) remember() {
	for name, path := range l.ch.imported {
		l.meaning(name, meaning{path: path})
	}
	for name, path := range l.ch.found {
		l.meaning(name, meaning{path: path})
	}
	for _, path := range l.ch.dots {
		if !contains(l.ch.base.dots, path) {
			l.change.dots = append(l.change.dots, path)
		}
	}
	scope := l.ch.pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if strings.ContainsAny(name, mark+".") {
			continue
		}
		if v, ok := obj.(*types.Var); ok && l.sameVariable(v) {
			// The earlier object will do: nothing grows when a cell runs again.
			continue
		}
		l.meaning(name, meaning{obj: obj})
	}
	for name, src := range l.ch.sources {
		if obj := scope.Lookup(name); obj != nil && l.ids[obj] != "" {
			for ref := range src.refs {
				if o := scope.Lookup(ref); o != nil {
					src.refs[ref] = meaning{obj: o}
				}
			}
			l.change.types[name] = src
		}
	}
	l.rememberOrigins()
}

func (l *lowering) meaning(name string, m meaning) {
	if l.ch.base.names[name] != m {
		l.change.names[name] = m
	}
}

// sameVariable tells whether the session already has this very variable.
func (l *lowering) sameVariable(v *types.Var) bool {
	old, ok := l.ch.base.names[v.Name()].obj.(*types.Var)
	return ok && !l.fresh(v) && types.Identical(old.Type(), v.Type())
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// id is the interpreter's name of an object of this or an earlier cell.
func (l *lowering) id(obj types.Object) string {
	if o, ok := l.ch.aliases[obj]; ok {
		obj = o
	}
	if name, ok := l.ids[obj]; ok {
		return name
	}
	if name, ok := l.s.ids[obj]; ok {
		return name
	}
	if lib := l.s.packages.ofLibrary(obj); lib != nil && lib.ids[obj] != "" {
		return lib.ids[obj]
	}
	return obj.Name()
}

// alias is the name under which the file imports a package.
func (l *lowering) alias(pkg *types.Package) string {
	return l.importPath(l.s.packages.pathOf(pkg), pkg.Name())
}

func (l *lowering) importPath(path, name string) string {
	a, ok := l.imports[path]
	if !ok {
		a = fmt.Sprintf("%s%s%d", name, mark, l.file)
		for _, other := range l.imports {
			if other == a {
				a = fmt.Sprintf("%s%s%d%s%d", name, mark, l.file, mark, len(l.imports))
			}
		}
		l.imports[path] = a
	}
	return a
}

func (l *lowering) host() string { return l.importPath(hostPath, "host") }

// temp makes a name that nothing else has.
func (l *lowering) temp(name string) string {
	l.temps++
	return fmt.Sprintf("%s%s%dt%d", name, mark, l.file, l.temps)
}
