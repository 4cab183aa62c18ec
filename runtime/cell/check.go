package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// goVersion is the language that cells are checked as.
const goVersion = "go1.26"

// A checked cell: trees, types, and what its names meant.
type checked struct {
	*toplevel
	info     *types.Info
	pkg      *types.Package
	base     *world
	aliases  map[types.Object]types.Object // stand-ins of the checker's scope, to what they stand for
	imported map[string]string             // path by name, of imports written in the cell
	found    map[string]string             // path by name, of imports left out
	dots     []string                      // paths imported with a dot in the cell
	later    []*laterMethod
	sources  map[string]typeSource // of the types that the cell declares
	packages *packages
	origins  map[string]origin // of what the cell declares
	dropped  bool              // the checker's last error was tolerated
}

// check runs go/types over a parsed cell without syntax errors.
func (s *Session) check(c *parsed) (*checked, *Error) {
	ch := s.analyze(c, newInfo(), true)
	ch.refuseEmbed()
	ch.constantResults()
	s.phantoms(ch)
	if err := ch.problems.err(c.name); err != nil {
		return nil, err
	}
	return ch, nil
}

// analyze runs go/types over whatever could be parsed of a cell, and leaves what
// is wrong in problems. Only a cell that is to be run may add methods to the
// types of earlier cells.
func (s *Session) analyze(c *parsed, info *types.Info, run bool) *checked {
	ch := &checked{
		toplevel: newToplevel(c),
		info:     info,
		pkg:      s.freshPackage(),
		base:     s.world,
		aliases:  map[types.Object]types.Object{},
		imported: map[string]string{},
		found:    map[string]string{},
		packages: s.packages,
		origins:  c.findOrigins(),
	}
	imports := ch.writtenImports()
	own := ch.ownNames()
	ch.sources = map[string]typeSource{}
	for _, spec := range ch.typeSpecs() {
		ch.sources[spec.Name.Name] = ch.typeSource(spec)
	}
	ch.retainTypes(own)
	imports = append(imports, ch.rememberedNames(own)...)
	imports = append(imports, ch.missingImports(own)...)
	ch.takeLaterMethods(own)
	ch.hideEarlierTypes(own)
	if ch.refuseGrowing() {
		return ch
	}
	conf := types.Config{
		GoVersion: goVersion,
		Importer:  s.packages,
		Sizes:     sizes(),
		Error:     ch.typeError,
	}
	// The errors reach typeError; those returned are the first of them.
	checker := types.NewChecker(&conf, c.fset, ch.pkg, ch.info)
	if len(ch.later) > 0 && run {
		first, rest := typesFirst(ch.declFile.Decls)
		_ = checker.Files([]*ast.File{ch.fileOf(ch.declFile, imports, append(first, ch.laterFunctions(true)...))})
		s.addLaterMethods(ch)
		ch.declFile.Decls = rest
		_ = checker.Files(ch.checkFiles(imports, ch.laterFunctions(false)))
		ch.declFile.Decls = append(first, rest...)
		return ch
	}
	_ = checker.Files(ch.checkFiles(imports, ch.laterFunctions(false)))
	return ch
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// typeError receives each error of the checker. One that begins with a tab goes
// on about the one before it.
func (ch *checked) typeError(err error) {
	e, ok := err.(types.Error)
	if !ok {
		ch.problems.add(0, "%s", err.Error())
		return
	}
	msg := strings.ReplaceAll(e.Msg, earlier, "")
	if rest, ok := strings.CutPrefix(msg, "\t"); ok {
		if n := len(ch.problems.list); n > 0 && !ch.dropped {
			ch.problems.list[n-1].message += "\n\t" + ch.fset.Position(e.Pos).String() + ": " + rest
		}
		return
	}
	ch.dropped = ch.tolerated(e)
	if !ch.dropped {
		ch.problems.add(ch.offset(e.Pos), "%s", typeWords(msg))
	}
}

// tolerated tells errors of a program that are none in a notebook: an import
// that is not used, a value at the end of the cell, and a variable whose
// initial value calls a function that uses it, since statements run in order.
func (ch *checked) tolerated(e types.Error) bool {
	switch {
	case e.Soft && strings.Contains(e.Msg, " imported ") && strings.HasSuffix(e.Msg, " and not used"):
		return true
	case strings.HasPrefix(e.Msg, "initialization cycle"):
		return !ch.program
	case strings.HasSuffix(e.Msg, " is not used"):
		return slices.ContainsFunc(ch.last, func(x ast.Expr) bool {
			return strings.HasPrefix(e.Msg, types.ExprString(x)+" (") && x.Pos() <= e.Pos && e.Pos < x.End()
		})
	}
	return false
}

// typeWords undoes go/types's wrapping of an importer's error.
func typeWords(msg string) string {
	if strings.HasPrefix(msg, "could not import ") {
		if i := strings.Index(msg, " (package "); i >= 0 && strings.HasSuffix(msg, ")") {
			return msg[i+2 : len(msg)-1]
		}
	}
	return msg
}

// constantResults refuses constants at the end of the cell that no variable
// could hold: they are shown, and so become values of their default types.
func (ch *checked) constantResults() {
	for _, x := range ch.last {
		ch.constantResult(x)
	}
}

func (ch *checked) constantResult(x ast.Expr) {
	tv := ch.info.Types[x]
	b, ok := tv.Type.(*types.Basic)
	if tv.Value == nil || !ok || b.Info()&types.IsUntyped == 0 {
		return
	}
	if t := types.Default(b).(*types.Basic); !representable(tv.Value, t) {
		ch.problems.add(ch.offset(x.Pos()), "cannot use %s (untyped %s constant) as %s value in result (overflows)",
			types.ExprString(x), strings.TrimPrefix(b.Name(), "untyped "), t)
	}
}

// ownNames are the names that the cell defines or imports.
func (ch *checked) ownNames() map[string]bool {
	own := map[string]bool{}
	for name := range ch.defined {
		own[name] = true
	}
	for name := range ch.imported {
		own[name] = true
	}
	for _, d := range ch.declFile.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				own[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					own[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, id := range s.Names {
						own[id.Name] = true
					}
				}
			}
		}
	}
	return own
}

// rememberedNames puts what earlier cells defined, and this one mentions and
// does not define, into the scope of the package, and returns earlier imports.
func (ch *checked) rememberedNames(own map[string]bool) []ast.Spec {
	var imports []ast.Spec
	for name := range ch.idents {
		m, ok := ch.base.names[name]
		if !ok {
			continue
		}
		if own[name] {
			switch {
			case !ch.defined[name]:
			case m.obj != nil:
				ch.standIn(name+earlier, m.obj)
			default:
				imports = append(imports, importSpec(name+earlier, m.path, token.NoPos))
			}
			continue
		}
		if m.obj != nil {
			ch.pkg.Scope().Insert(m.obj)
		} else {
			imports = append(imports, importSpec(name, m.path, token.NoPos))
		}
	}
	return imports
}

// standIn makes an object of an earlier cell known by another name.
func (ch *checked) standIn(name string, obj types.Object) {
	var o types.Object
	switch obj := obj.(type) {
	case *types.Var:
		o = types.NewVar(obj.Pos(), ch.pkg, name, obj.Type())
	case *types.Const:
		o = types.NewConst(obj.Pos(), ch.pkg, name, obj.Type(), obj.Val())
	case *types.Func:
		o = types.NewFunc(obj.Pos(), ch.pkg, name, obj.Signature())
	case *types.TypeName:
		o = types.NewTypeName(obj.Pos(), ch.pkg, name, obj.Type())
	default:
		return
	}
	ch.aliases[o] = obj
	ch.pkg.Scope().Insert(o)
}
