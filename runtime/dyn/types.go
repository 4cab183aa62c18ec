package dyn

import (
	"reflect"
	"slices"
	"sync"
)

// Key is the key of the tag by which the first field of a named struct names
// its type: `ˑt:"id"`. An unexported field has its name under FieldKey, since
// the interpreter exports all fields under names that begin with X. An embedded one,
// which the interpreter has as a plain field, has EmbedKey.
const (
	Key      = "ˑt"
	FieldKey = "ˑf"
	EmbedKey = "ˑe"
)

// A Type describes a type of cells, or one made of such. It is safe for
// concurrent use.
type Type struct {
	id     string // tells it from every other
	name   string // as %T prints it
	boxed  bool   // values are boxed in interfaces
	elem   *Type  // of a pointer, slice, array, map or channel; nil: nothing of cells in it
	key    *Type  // of a map
	fields []*Type

	mu      sync.RWMutex
	methods map[string]any // func(value, parameters...) results
	pointer *Type          // to this type, once asked for
}

// registry finds types: by id, and those of structs by what reflect knows.
var registry struct {
	sync.RWMutex
	byID map[string]*Type
}

// New describes a named type. The id is unlike any other's; values of boxed
// types need a box in interface values.
func New(id, name string, boxed bool) *Type {
	t := &Type{id: id, name: name, boxed: boxed, methods: map[string]any{}}
	registry.Lock()
	defer registry.Unlock()
	if registry.byID == nil {
		registry.byID = map[string]*Type{}
	}
	if registry.byID[id] != nil {
		found.Clear() // another session in the same process
	}
	registry.byID[id] = t
	return t
}

// Composite describes a type that has no name; the same id gives the same Type.
func Composite(id, name string, boxed bool, key, elem *Type, fields []*Type) *Type {
	registry.RLock()
	t := registry.byID[id]
	registry.RUnlock()
	if t != nil && t.madeOf(key, elem, fields) {
		return t
	}
	t = New(id, name, boxed)
	t.Define(key, elem, fields)
	return t
}

// madeOf tells whether these are the parts of t. They are not where another session
// in this process had types of the same names.
func (t *Type) madeOf(key, elem *Type, fields []*Type) bool {
	k, e, f := t.parts()
	return k == key && e == elem && slices.Equal(f, fields)
}

// Pointer describes the type of pointers to t.
func (t *Type) Pointer() *Type {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pointer == nil {
		t.pointer = New("*"+t.id, "*"+t.name, t.boxed)
		t.pointer.elem = t
	}
	return t.pointer
}

// Define says what the type is made of; parts without types of cells are nil.
func (t *Type) Define(key, elem *Type, fields []*Type) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.key, t.elem, t.fields = key, elem, fields
}

// AddMethods adds methods, or replaces those of the same name.
func (t *Type) AddMethods(methods map[string]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, f := range methods {
		t.methods[name] = f
	}
}

// Name is the type's name as %T prints it.
func (t *Type) Name() string { return t.name }

// method returns a method, or nil.
func (t *Type) method(name string) any {
	if t == nil {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.methods[name]
}

func (t *Type) parts() (key, elem *Type, fields []*Type) {
	if t == nil {
		return nil, nil, nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.key, t.elem, t.fields
}

// found caches ofReflect by reflect.Type; a nil *Type is "nothing of cells".
var found sync.Map

// ofReflect finds the description of a type that reflect can tell: a named
// struct of a cell, or one made of such. It is nil for others.
func ofReflect(rt reflect.Type) *Type {
	if rt == nil || rt.PkgPath() != "" {
		return nil
	}
	if t, ok := found.Load(rt); ok {
		return t.(*Type)
	}
	t := describe(rt)
	if t != nil {
		found.Store(rt, t)
	}
	return t
}

func describe(rt reflect.Type) *Type {
	switch rt.Kind() {
	case reflect.Struct:
		if rt.NumField() == 0 {
			return nil
		}
		registry.RLock()
		defer registry.RUnlock()
		return registry.byID[rt.Field(0).Tag.Get(Key)]
	case reflect.Pointer:
		if t := ofReflect(rt.Elem()); t != nil {
			return t.Pointer()
		}
	case reflect.Slice, reflect.Array, reflect.Chan:
		if t := ofReflect(rt.Elem()); t != nil {
			return &Type{name: prefix(rt) + t.name, elem: t, methods: map[string]any{}}
		}
	case reflect.Map:
		k, e := ofReflect(rt.Key()), ofReflect(rt.Elem())
		if k != nil || e != nil {
			return &Type{name: "map[" + nameOf(k, rt.Key()) + "]" + nameOf(e, rt.Elem()), key: k, elem: e, methods: map[string]any{}}
		}
	}
	return nil
}

// prefix is what a type's name has before that of its element.
func prefix(rt reflect.Type) string {
	full, elem := rt.String(), rt.Elem().String()
	return full[:len(full)-len(elem)]
}

func nameOf(t *Type, rt reflect.Type) string {
	if t != nil {
		return t.name
	}
	return rt.String()
}
