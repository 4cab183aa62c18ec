package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// placeholder stands for the name that is being written.
const placeholder = mark + "cursor"

// A probe is a cell checked with a placeholder for the name at the cursor.
type probe struct {
	*checked
	id   *ast.Ident // the placeholder
	path []ast.Node // the nodes around it, outermost first
}

// parent is the node that the placeholder is a part of, or nil.
func (p *probe) parent() ast.Node {
	if len(p.path) == 0 {
		return nil
	}
	return p.path[len(p.path)-1]
}

// probes are the texts in which the name at the cursor may be understood: the
// code up to the cursor with all brackets closed; the same as a call, which is
// what defer and go want; all of the code; and the operand before the dot alone,
// which is understood however broken the rest is.
func probes(code string, ctx context) []string {
	head := code[:ctx.start] + placeholder
	texts := []string{
		head + ctx.closers,
		head + "()" + ctx.closers,
		head + code[nameEnd(code, ctx.start+len(ctx.prefix)):],
	}
	if ctx.kind == afterDot {
		texts = append(texts, code[ctx.chain:ctx.start]+placeholder)
	}
	return texts
}

// nameEnd is where a name goes on to that may have begun before an offset.
func nameEnd(code string, at int) int {
	for i, r := range code[at:] {
		if !token.IsIdentifier("x" + string(r)) {
			return at + i
		}
	}
	return len(code)
}

// probe checks text and calls use with the result, if the placeholder is found.
func (s *Session) probe(text string, use func(*probe) bool) bool {
	p := parseCell(s.fset, "completion", text)
	defer s.forget(p)
	info := newInfo()
	info.Scopes = map[ast.Node]*types.Scope{}
	ch := s.analyze(p, info, false)
	id, path := ch.find(func(id *ast.Ident) bool { return id.Name == placeholder })
	return id != nil && use(&probe{ch, id, path})
}

// find gives the first identifier that is wanted, and the nodes around it,
// outermost first.
func (ch *checked) find(wanted func(*ast.Ident) bool) (found *ast.Ident, path []ast.Node) {
	for _, f := range ch.checkFiles(nil, ch.laterFunctions(false)) {
		var stack []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			if found != nil {
				return false
			}
			if id, ok := n.(*ast.Ident); ok && wanted(id) {
				found, path = id, append([]ast.Node(nil), stack...)
				return false
			}
			stack = append(stack, n)
			return true
		})
	}
	return found, path
}
