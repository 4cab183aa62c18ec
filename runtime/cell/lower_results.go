package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// The interpreter lets a function write its results where the caller wants them
// while it runs, and does not clear them first: x = f() would show f a named
// result with the value of x. So named results are variables of the function,
// and so are those of a function that defers.

func namedResults(t *ast.FuncType) bool {
	return t.Results != nil && len(t.Results.List) > 0 && len(t.Results.List[0].Names) > 0
}

// functionBody writes the body of a function, after its head and guard.
func (e *emitter) functionBody(t *ast.FuncType, b *ast.BlockStmt) {
	e.checkpoint()
	e.function = b
	deferring := defers(b.List)
	if namedResults(t) || deferring || e.rangesFunc(b.List) {
		e.declareResults(t)
	}
	if !deferring {
		e.stmts(b.List)
		return
	}
	e.deferring(func(n *emitter) { n.stmts(b.List) })
	if len(e.outcome) > 0 {
		e.printf("return %s\n", strings.Join(e.outcome, ", "))
	}
}

// declareResults writes the variables that stand for results.
func (e *emitter) declareResults(t *ast.FuncType) {
	var names []*ast.Ident
	if namedResults(t) {
		for _, field := range t.Results.List {
			names = append(names, field.Names...)
		}
	}
	for i := range e.sig.Results().Len() {
		n := e.l.temp("r")
		if i < len(names) && names[i].Name != "_" {
			n = e.name(e.info.Defs[names[i]])
		}
		e.printf("var %s %s\n", n, e.typ(e.sig.Results().At(i).Type()))
		e.outcome = append(e.outcome, n)
	}
}

// returnStmt writes a return statement.
func (e *emitter) returnStmt(s *ast.ReturnStmt) {
	before, values := e.returned(s)
	list := strings.Join(e.outcome, ", ")
	if e.inRangeFunc() {
		if len(values) > 0 {
			e.printf("%s", before)
			e.store(s, values)
		}
		e.leaveFunction()
		return
	}
	switch {
	case e.deferred == "" && len(values) == 0:
		e.printf("return %s\n", list)
	case e.deferred == "":
		e.printf("%sreturn %s\n", before, strings.Join(values, ", "))
	case len(values) == 0:
		e.printf("return\n")
	default:
		e.printf("%s", before)
		e.store(s, values)
		e.printf("return\n")
	}
}

// store writes the assignment of returned values to the results.
func (e *emitter) store(s *ast.ReturnStmt, values []string) {
	if len(values) == len(e.outcome) && len(values) > 1 {
		e.printf("%s\n", e.byWay(e.outcome, s.Results, values))
		return
	}
	e.printf("%s = %s\n", strings.Join(e.outcome, ", "), strings.Join(values, ", "))
}

// returned writes the values of a return statement.
func (e *emitter) returned(s *ast.ReturnStmt) (before string, values []string) {
	if e.sig == nil {
		return "", nil
	}
	results := e.sig.Results()
	if len(s.Results) == 1 && results.Len() > 1 {
		before, list := e.tuple(s.Results[0], func(i int) types.Type { return results.At(i).Type() })
		return before, []string{list}
	}
	for i, x := range s.Results {
		var want types.Type
		if results.Len() == len(s.Results) {
			want = results.At(i).Type()
		}
		value := e.expr(x, want)
		if sig, ok := e.declaredFunction(x); ok {
			value = converter(e.typ(sig)) + "(" + value + ")"
		}
		values = append(values, value)
	}
	return "", values
}

// declaredFunction tells the name of a function of the cells. Where it is
// returned, the interpreter would give its declaration instead of a value.
func (e *emitter) declaredFunction(x ast.Expr) (types.Type, bool) {
	id := calleeIdent(ast.Unparen(x))
	if id == nil {
		return nil, false
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok || f.Signature().Recv() != nil || f.Pkg() != nil && !isCell(f.Pkg()) {
		return nil, false
	}
	return e.typeOf(x), true
}
