package eval

import (
	"fmt"
	"go/ast"
	"path"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// The interpreter keeps the tree of every program that it has compiled, some
// 400 bytes a node, although a program that has been executed is needed by its
// functions, variables and types alone. Where it keeps more than those:
//   - Interpreter.roots lists the trees, for a debugger;
//   - scope.child lists the scopes, which know their functions, for a debugger;
//   - a file's node has the declarations as children, and every node knows its
//     parent, so that one function that is still wanted keeps its whole cell;
//   - a block has its statements as children, so that the step of one, which
//     may know its node, keeps all;
//   - a node knows those that come next, although its step knows their steps;
//   - the symbol of a variable knows its declaration;
//   - every import has a symbol, under a name of the cell's own.
//
// forget lets go of all that. Compiling or running needs none of it.

// A keeper knows where the interpreter keeps programs.
type keeper struct {
	interp                   unsafe.Pointer
	roots, universe, scopes  uintptr      // fields of Interpreter
	scopesType               reflect.Type // of the latter
	scopeChild, scopeSymbols uintptr      // fields of scope
	symbols                  reflect.Type // of a scope's
	symbolNode               uintptr      // field of symbol
}

// newKeeper finds the fields. What cannot be found is not forgotten.
func newKeeper(i *interp.Interpreter) (*keeper, error) {
	if nodesErr != nil {
		return nil, nodesErr
	}
	k := &keeper{interp: unsafe.Pointer(i)}
	f := fields{of: reflect.TypeFor[interp.Interpreter]()}
	k.roots = f.field("roots", reflect.Slice).Offset
	scopes := f.field("scopes", reflect.Map)
	k.scopes, k.scopesType = scopes.Offset, scopes.Type
	universe := f.field("universe", reflect.Pointer)
	k.universe = universe.Offset
	if f.err != nil {
		return nil, f.err
	}
	s := fields{of: universe.Type.Elem()}
	k.scopeChild = s.field("child", reflect.Slice).Offset
	symbols := s.field("sym", reflect.Map)
	k.scopeSymbols, k.symbols = symbols.Offset, symbols.Type
	if s.err != nil {
		return nil, s.err
	}
	y := fields{of: k.symbols.Elem().Elem()}
	k.symbolNode = y.field("node", reflect.Pointer).Offset
	return k, y.err
}

// fields looks up the fields of a struct type and keeps the first error.
type fields struct {
	of  reflect.Type
	err error
}

func (f *fields) field(name string, kind reflect.Kind) reflect.StructField {
	field, ok := f.of.FieldByName(name)
	if f.err == nil && (!ok || field.Type.Kind() != kind) {
		f.err = fmt.Errorf("the interpreter's %v has no field %s that is a %v: the version in go.mod is needed", f.of, name, kind)
	}
	return field
}

// forget lets go of what a program leaves behind that has been executed. file is
// what it was compiled from, nil for statements, and cell its name.
func (k *keeper) forget(p *interp.Program, file *ast.File, cell string) {
	if k == nil {
		return
	}
	*at[[]unsafe.Pointer](k.interp, k.roots) = nil
	*at[[]unsafe.Pointer](*at[unsafe.Pointer](k.interp, k.universe), k.scopeChild) = nil
	scope := k.mainScope()
	if scope == nil {
		return
	}
	*at[[]unsafe.Pointer](scope, k.scopeChild) = nil
	if file == nil {
		return
	}
	if root := *at[unsafe.Pointer](unsafe.Pointer(p), nodes.root); root != nil {
		part(root)
	}
	k.forgetSymbols(k.mainSymbols(), file, cell)
}

// mainScope is the scope of what cells declare, or nil.
func (k *keeper) mainScope() unsafe.Pointer {
	main := reflect.NewAt(k.scopesType, unsafe.Add(k.interp, k.scopes)).Elem().MapIndex(reflect.ValueOf("main"))
	if !main.IsValid() {
		return nil
	}
	return main.UnsafePointer()
}

// mainSymbols are the symbols of that scope, a map from their names.
func (k *keeper) mainSymbols() reflect.Value {
	return reflect.NewAt(k.symbols, unsafe.Add(k.mainScope(), k.scopeSymbols)).Elem()
}

// onEnd has a function called when no step of a program, nor anything that it
// has declared, can be reached any more.
func onEnd(p *interp.Program, ended func()) {
	if nodesErr != nil {
		return
	}
	if root := *at[unsafe.Pointer](unsafe.Pointer(p), nodes.root); root != nil {
		runtime.AddCleanup((*byte)(root), func(ended func()) { ended() }, ended)
	}
}

// part separates the declarations of a file, and the statements of its blocks.
// Each knows the root still, which lives as long as any of them: onEnd relies
// on it.
func part(root unsafe.Pointer) {
	for _, declaration := range *at[[]unsafe.Pointer](root, nodes.child) {
		partBlocks(declaration, root)
	}
	*at[[]unsafe.Pointer](root, nodes.child) = nil
	*at[unsafe.Pointer](root, nodes.start) = nil
}

func partBlocks(n, root unsafe.Pointer) {
	children := at[[]unsafe.Pointer](n, nodes.child)
	isBlock := *at[uint](n, nodes.kind) == nodes.block
	*at[unsafe.Pointer](n, nodes.tnext) = nil
	*at[unsafe.Pointer](n, nodes.fnext) = nil
	if !isBlock {
		*at[unsafe.Pointer](n, nodes.start) = nil
	}
	for _, c := range *children {
		partBlocks(c, root)
		if isBlock {
			*at[unsafe.Pointer](c, nodes.anc) = root
		}
	}
	if isBlock {
		*children = nil
	}
}

// forgetSymbols takes the imports of a file out of the package's scope, and the
// declarations away from the symbols of its variables.
func (k *keeper) forgetSymbols(symbols reflect.Value, file *ast.File, cell string) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			switch s := s.(type) {
			case *ast.ImportSpec:
				if s.Name == nil {
					continue // not written by lowering
				}
				symbols.SetMapIndex(reflect.ValueOf(path.Join(s.Name.Name, path.Base(cell))), reflect.Value{})
			case *ast.ValueSpec:
				k.forgetDeclaration(symbols, s.Names)
			}
		}
	}
}

func (k *keeper) forgetDeclaration(symbols reflect.Value, variables []*ast.Ident) {
	for _, id := range variables {
		if sym := symbols.MapIndex(reflect.ValueOf(id.Name)); sym.IsValid() && !sym.IsNil() {
			*at[unsafe.Pointer](sym.UnsafePointer(), k.symbolNode) = nil
		}
	}
}
