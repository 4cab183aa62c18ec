package eval

import (
	"fmt"
	"go/ast"
	"go/parser"
	"io"
	"os"
	"strconv"

	"github.com/traefik/yaegi/interp"

	"ipclab/ipclab/mime"
)

// A Program is one lowered cell.
type Program struct {
	Name   string // the cell's name
	Source string // a Go file of package main
	Entry  string // the function of it to call, "" for none
	Text   string // the cell as its user wrote it, for the lines that errors show
}

// An Interpreter holds what all cells have defined. Run may be called by one
// goroutine at a time, Interrupt by any.
type Interpreter struct {
	yaegi    *interp.Interpreter
	loaded   map[string]bool // packages whose symbols the interpreter has
	tracer   *tracer
	places   *places
	keeper   *keeper // nil if nothing can be forgotten
	host     *host
	finished func(*Failure) // called on the cell's goroutine when a cell has ended
}

// New makes an interpreter in which nothing is defined.
//
// finished is called on the goroutine of a cell as soon as the cell has ended,
// before Run returns. In a process forked by the cell that goroutine is the one
// that goes on, so this is where such a child must exit. The cell's panic, if
// one ended it, is in failure. It is also called, on its goroutine, when another
// goroutine of a cell has panicked, which ends such a child too.
func New(finished func(failure *Failure)) *Interpreter {
	i := &Interpreter{
		// The interpreter's standard output serves the builtins print and
		// println only, which in Go write to standard error. What it writes
		// to its standard error for each function that a panic passes, the
		// tracer tells better.
		yaegi:  interp.New(interp.Options{Stdout: os.Stderr, Stderr: io.Discard, Unrestricted: true}),
		loaded: map[string]bool{},
		host:   newHost(),
	}
	i.tracer = newTracer(i.host)
	i.places = newPlaces(i.yaegi.FileSet())
	i.keeper, _ = newKeeper(i.yaegi)
	i.finished = finished
	return i
}

// An Outcome says how a cell ended.
type Outcome struct {
	Result   mime.Bundle // the value of the last expression; nil if there is nothing to show
	Rejected error       // the interpreter could not compile the program: nothing ran
	Failure  *Failure    // what ended the cell early
}

// Run compiles p and calls its entry on a goroutine of its own. It returns when
// that has ended, or soon after another goroutine has panicked.
func (i *Interpreter) Run(p Program) Outcome {
	entry, err := i.compile(p)
	if err != nil {
		return Outcome{Rejected: err}
	}
	r := newRunning(p.Name)
	go i.runCell(r, entry)
	r.wait()
	i.host.leave(r)
	if f := r.failure(); f != nil {
		return Outcome{Failure: f}
	}
	return Outcome{Result: r.result}
}

// Load compiles p and makes its declarations known, as Run does, but does not
// call the entry: nothing of the cell runs.
func (i *Interpreter) Load(p Program) error {
	_, err := i.compile(p)
	return err
}

// compile gives the function that runs p. The interpreter panics on some
// programs, which is an error here like any other.
func (i *Interpreter) compile(p Program) (entry func() error, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the interpreter failed to compile the cell: %v", r)
		}
	}()
	file, err := parser.ParseFile(i.yaegi.FileSet(), p.Name, p.Source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if err := i.load(path); err != nil {
			return nil, err
		}
	}
	whole := *file
	if err := i.defineRecursive(file, p.Name); err != nil {
		return nil, err
	}
	declarations, err := i.compileFile(file)
	if err != nil {
		return nil, err
	}
	place := i.places.add(file, p.Name, p.Text)
	i.tracer.addWitnesses(declarations, place.safe)
	place.safe = nil
	onEnd(declarations, func() { i.places.ended(place) })
	_, err = i.yaegi.Execute(declarations)
	i.keeper.forget(declarations, &whole, p.Name)
	if err != nil {
		return nil, err
	}
	return i.call(p.Entry)
}

// callName is the file name of the calls that call makes.
const callName = "call"

// call compiles the call of a declared function without arguments.
func (i *Interpreter) call(name string) (func() error, error) {
	if name == "" {
		return func() error { return nil }, nil
	}
	file, err := parser.ParseFile(i.yaegi.FileSet(), callName, "package main; func _() { "+name+"() }", parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	program, err := i.yaegi.CompileAST(file.Decls[0].(*ast.FuncDecl).Body)
	i.keeper.forget(program, nil, callName)
	i.yaegi.FileSet().RemoveFile(i.yaegi.FileSet().File(file.Pos()))
	if err != nil {
		return nil, err
	}
	return func() error {
		_, err := i.yaegi.Execute(program)
		return err
	}, nil
}

// Interrupt stops the running cell at its next step or in its wait: a panic that
// only the cell's goroutine sees, so that deferred calls run and other goroutines
// and all that is defined stay as they are. A cell that sits in a call of
// compiled code which neither package waits nor package nudge can end does not
// notice before the call returns. To call it again does no harm, and ends a call
// that began after the first.
func (i *Interpreter) Interrupt() { i.host.interrupt() }
