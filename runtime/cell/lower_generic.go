package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// findGenerics notes the generic types and functions of the cell, before
// anything is written that may need an instance.
func (l *lowering) findGenerics() {
	for _, d := range l.ch.declFile.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok && s.TypeParams != nil {
					l.gen[l.ch.info.Defs[s.Name]] = &generic{info: l.ch.info}
				}
			}
		case *ast.FuncDecl:
			l.findGenericFunc(d)
		}
	}
}

func (l *lowering) findGenericFunc(d *ast.FuncDecl) {
	obj, ok := l.ch.info.Defs[d.Name].(*types.Func)
	if !ok {
		return
	}
	g := &generic{l.ch.info, d}
	if sig := obj.Signature(); sig.RecvTypeParams().Len() > 0 {
		base := receiverNamed(sig).Origin().Obj()
		l.methods[base] = append(l.methods[base], g)
	} else if sig.TypeParams().Len() > 0 {
		l.gen[obj] = g
	}
}

// instance writes the name of an instance of a generic function, which gets a
// function of its own: the interpreter's inference and constraints fail.
func (e *emitter) instance(x ast.Expr) string {
	id := calleeIdent(x)
	if id == nil {
		e.unsupported(x.Pos(), "this generic function")
		return "nil"
	}
	inst, ok := e.info.Instances[id]
	fn, isFunc := e.info.Uses[id].(*types.Func)
	if !ok || !isFunc {
		e.unsupported(x.Pos(), "this generic function")
		return "nil"
	}
	if o, ok := e.l.ch.aliases[fn]; ok {
		fn = o.(*types.Func)
	}
	if f, ok := e.l.s.packages.source(fn).(*types.Func); ok {
		fn = f
	}
	g := e.l.generic(fn)
	if g == nil {
		e.unsupported(x.Pos(), "generic function %s", types.ExprString(x))
		return "nil"
	}
	args := e.typeArgs(inst.TypeArgs)
	return e.l.instanceOf(e.l.id(fn), e.typeList(args), func(name string) {
		ne := e.l.emitter(g.info)
		ne.subst = bind(fn.Signature().TypeParams(), args, nil)
		d := g.decl.(*ast.FuncDecl)
		ne.instanceDecl(d, "", name)
	})
}

// instanceDecl writes a function with type parameters replaced.
func (e *emitter) instanceDecl(d *ast.FuncDecl, recv, name string) {
	obj := e.info.Defs[d.Name].(*types.Func)
	sig, ok := e.concrete(obj.Signature()).(*types.Signature)
	if !ok {
		return
	}
	e.funcDeclAs(d, sig, recv, name, "")
}

func calleeIdent(x ast.Expr) *ast.Ident {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return calleeIdent(x.X)
	}
	return nil
}

// typeArgs are the arguments of an instance within the one being written.
func (e *emitter) typeArgs(list *types.TypeList) []types.Type {
	args := make([]types.Type, list.Len())
	for i := range args {
		args[i] = e.concrete(list.At(i))
	}
	return args
}

func (e *emitter) typeList(args []types.Type) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = e.typ(a) + e.told(a)
	}
	return strings.Join(parts, ", ")
}

// told tells types apart that are written alike, since all interface types of cells
// are: "" for a type without one.
func (e *emitter) told(t types.Type) string {
	if !strings.Contains(e.typ(t), "interface{}") {
		return ""
	}
	return " " + displayName(t) + e.interfaceNames(t)
}

// interfaceNames are the names of the cells' interface types in a type. Those of one
// that has been redefined differ.
func (e *emitter) interfaceNames(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		names := ""
		for a := range t.TypeArgs().Types() {
			names += e.interfaceNames(a)
		}
		if isCell(t.Obj().Pkg()) && types.IsInterface(t) {
			names += " " + e.name(t.Obj())
		}
		return names
	case *types.Map:
		return e.interfaceNames(t.Key()) + e.interfaceNames(t.Elem())
	case interface{ Elem() types.Type }:
		return e.interfaceNames(t.Elem())
	}
	return ""
}

func bind(params *types.TypeParamList, args []types.Type, m map[*types.TypeParam]types.Type) map[*types.TypeParam]types.Type {
	if m == nil {
		m = map[*types.TypeParam]types.Type{}
	}
	for i := 0; i < params.Len() && i < len(args); i++ {
		m[params.At(i)] = args[i]
	}
	return m
}

// instanceOf returns the name of an instance, and has it written the first time.
func (l *lowering) instanceOf(origin, args string, write func(name string)) string {
	key := origin + "[" + l.withoutAliases(args) + "]"
	if name, ok := l.ch.base.made[key]; ok {
		return name
	}
	if name, ok := l.change.made[key]; ok {
		return name
	}
	name := l.s.version(origin + mark)
	l.change.made[key] = name
	l.queue = append(l.queue, func() { write(name) })
	return name
}

// withoutAliases makes a written type the same for every cell, by replacing the
// file's import names with paths.
func (l *lowering) withoutAliases(text string) string {
	for path, alias := range l.imports {
		text = strings.ReplaceAll(text, alias+".", path+".")
	}
	return text
}

func (l *lowering) generic(obj types.Object) *generic {
	if g := l.gen[obj]; g != nil {
		return g
	}
	if lib := l.s.packages.ofLibrary(obj); lib != nil {
		return lib.generics[obj]
	}
	return l.s.generics[obj]
}

// methodsOf are the methods of a generic type.
func (l *lowering) methodsOf(obj types.Object) []*generic {
	if m := l.methods[obj]; m != nil {
		return m
	}
	if lib := l.s.packages.ofLibrary(obj); lib != nil {
		return lib.methods[obj]
	}
	return l.s.methods[obj]
}

// instanceType writes the name of an instance of a generic type.
func (e *emitter) instanceType(t *types.Named) string {
	obj := t.Origin().Obj()
	if !isCell(obj.Pkg()) {
		e.unsupported(e.pos, "generic type %s", types.TypeString(t, (*types.Package).Name))
		return "any"
	}
	if e.l.generic(obj) == nil {
		e.unsupported(e.pos, "generic type %s", obj.Name())
		return "any"
	}
	args := e.typeArgs(t.TypeArgs())
	return e.l.instanceOf(e.l.id(obj), e.typeList(args), func(name string) {
		e.l.writeInstanceType(e.concrete(t).(*types.Named), args, name)
	})
}

func (l *lowering) writeInstanceType(t *types.Named, args []types.Type, name string) {
	obj := t.Origin().Obj()
	g := l.generic(obj)
	e := l.emitter(g.info)
	e.pos = obj.Pos()
	e.subst = bind(t.Origin().TypeParams(), args, nil)
	e.typeDecl(name, t, nil)
	for _, m := range l.methodsOf(obj) {
		d := m.decl.(*ast.FuncDecl)
		fn := m.info.Defs[d.Name].(*types.Func)
		me := l.emitter(m.info)
		me.subst = bind(fn.Signature().RecvTypeParams(), args, nil)
		recv := name
		if pointerReceiver(fn) {
			recv = "*" + name
		}
		me.instanceDecl(d, recv, methodName(name, d.Name.Name))
	}
}
