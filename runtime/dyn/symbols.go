package dyn

import "reflect"

// Path is the import path by which lowered code has this package.
const Path = "ipclab/dyn"

// Symbols is the package as the interpreter wants it.
func Symbols() map[string]reflect.Value {
	m := map[string]reflect.Value{
		"Type":      reflect.ValueOf((*Type)(nil)),
		"Interface": reflect.ValueOf((*Interface)(nil)),

		"UnsafePointer": reflect.ValueOf(noPointer),
	}
	for name, f := range unsafeFunctions {
		m[name] = reflect.ValueOf(f)
	}
	for name, f := range map[string]any{
		"RuneWidth": RuneWidth, "PointerTo": PointerTo, "PointerAt": PointerAt, "Address": Address, "PointerAs": PointerAs,
		"Marshal": Marshal, "MarshalIndent": MarshalIndent, "Unmarshal": Unmarshal, "Encode": Encode, "Decode": Decode,
		"New": New, "Composite": Composite, "NewInterface": NewInterface,
		"Box": Box, "Raw": Raw, "Unbox": Unbox, "Must": Must, "Show": Show,
		"Implements": Implements, "MustImplement": MustImplement, "IsCell": IsCell, "Method": Method,
		"NewDefers": NewDefers, "Recover": Recover, "BuiltinPrint": BuiltinPrint, "BuiltinPrintln": BuiltinPrintln, "ClearMap": ClearMap, "NilInterface": NilInterface, "Any": func(x any) any { return x }, "PanicValue": PanicValue, "ShiftCount": ShiftCount, "ToError": ToError, "AsError": AsError, "FindError": FindError,
		"Print": Print, "Println": Println, "Printf": Printf,
		"Sprint": Sprint, "Sprintln": Sprintln, "Sprintf": Sprintf,
		"Fprint": Fprint, "Fprintln": Fprintln, "Fprintf": Fprintf,
		"Append": Append, "Appendln": Appendln, "Appendf": Appendf, "Errorf": Errorf,
	} {
		m[name] = reflect.ValueOf(f)
	}
	return m
}
