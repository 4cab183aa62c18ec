package eval

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"maps"
	"reflect"

	"github.com/traefik/yaegi/interp"

	"ipclab/ipclab/interrupts"
	"ipclab/ipclab/mapped"
	"ipclab/runtime/dyn"
	"ipclab/runtime/symbols"
)

// load gives the interpreter the symbols of a package when a cell first
// imports it.
func (i *Interpreter) load(path string) error {
	if i.loaded[path] {
		return nil
	}
	name, values := "host", map[string]reflect.Value(nil)
	switch path {
	case hostPath:
		values = i.symbols()
	case dyn.Path:
		name, values = "dyn", dyn.Symbols()
		values["Recover"] = reflect.ValueOf(i.recover)
	default:
		var ok bool
		if name, values, ok = symbols.Of(path); !ok {
			return fmt.Errorf("package %s cannot be imported by cells", path)
		}
		if path == "ipclab" {
			values["Spawn"] = reflect.ValueOf(i.spawn)
			values["DoorCreate"] = reflect.ValueOf(i.doorCreate)
			interrupts.SetCheck(i.host.interruptedFor)
			interrupts.SetStep(&i.host.stop)
			i.giveEmpty()
		}
		maps.Copy(values, i.host.replaced(path))
	}
	// The interpreter wants path/name as key. It would replace the functions
	// of package fmt by ones bound to its own streams if it met the key
	// "fmt/fmt"; spelled otherwise, cells get the real package.
	if err := i.yaegi.Use(interp.Exports{"./" + path + "/" + name: values}); err != nil {
		return fmt.Errorf("load package %s: %w", path, err)
	}
	i.loaded[path] = true
	return i.wrap(i.methodsSeenBy(path))
}

// giveEmpty gives measurements a function that is interpreted and does nothing,
// so that they can tell what calling one takes. Without it they do not say.
func (i *Interpreter) giveEmpty() {
	const give = "giveEmpty"
	entry, err := i.compile(Program{Name: give, Entry: give, Source: "package main; import \"" + hostPath + "\"; " +
		"func " + give + "() { host.Empty(func() error { return nil }) }"})
	if err == nil {
		_ = entry()
	}
}

// recover is the predeclared function recover.
func (i *Interpreter) recover() any {
	value := dyn.Recover()
	if value != nil {
		i.tracer.recovered()
	}
	if text, ok := mapped.Fault(value); ok {
		return runtimeError(text)
	}
	return value
}

// wrap tells the interpreter in which interfaces it should wrap the arguments
// of functions. It finds the wrappers in the packages of the interfaces, which
// must be there.
func (i *Interpreter) wrap(found map[reflect.Value][]reflect.Type) error {
	if found == nil {
		return nil
	}
	for _, interfaces := range found {
		for _, t := range interfaces {
			if t.PkgPath() == "" { // error is predeclared
				continue
			}
			if err := i.load(t.PkgPath()); err != nil {
				return err
			}
		}
	}
	return i.yaegi.Use(interp.Exports{".": {"MapTypes": reflect.ValueOf(found)}})
}

// methodsSeenBy lists, for the functions of a package that look for methods on
// arguments of type any, the interfaces they look for: the interpreter wraps
// arguments in them, since reflection does not see interpreted methods.
func (i *Interpreter) methodsSeenBy(path string) map[reflect.Value][]reflect.Type {
	printed := []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer]()}
	switch path {
	case hostPath:
		return map[reflect.Value][]reflect.Type{i.host.shower: printed}
	case "fmt":
		scanned := []reflect.Type{reflect.TypeFor[fmt.Scanner]()}
		found := each(printed, fmt.Errorf, fmt.Print, fmt.Printf, fmt.Println, fmt.Sprint, fmt.Sprintf, fmt.Sprintln,
			fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Append, fmt.Appendf, fmt.Appendln)
		for f, t := range each(scanned, fmt.Scan, fmt.Scanf, fmt.Scanln, fmt.Sscan, fmt.Sscanf, fmt.Sscanln,
			fmt.Fscan, fmt.Fscanf, fmt.Fscanln) {
			found[f] = t
		}
		return found
	case "log":
		return each(printed, log.Print, log.Printf, log.Println, log.Panic, log.Panicf, log.Panicln, log.Fatal, log.Fatalf, log.Fatalln)
	case "encoding/json":
		found := each([]reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}, json.Marshal, json.MarshalIndent)
		found[reflect.ValueOf(json.Unmarshal)] = []reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
		return found
	case "encoding/xml":
		found := each([]reflect.Type{reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}, xml.Marshal, xml.MarshalIndent)
		found[reflect.ValueOf(xml.Unmarshal)] = []reflect.Type{reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
		return found
	}
	return nil
}

func each(interfaces []reflect.Type, functions ...any) map[reflect.Value][]reflect.Type {
	found := map[reflect.Value][]reflect.Type{}
	for _, f := range functions {
		found[reflect.ValueOf(f)] = interfaces
	}
	return found
}
