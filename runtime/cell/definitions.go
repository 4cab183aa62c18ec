package cell

import (
	"go/types"
	"sort"
	"strings"
)

// A Definition is a name that cells have given a meaning.
type Definition struct {
	Name string
	Kind string // constant, function, type or variable
	Type string // of a type, what it is made of
}

// Definitions lists what the committed cells have defined, by name. Imports are
// left out.
func (s *Session) Definitions() []Definition {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Definition
	for name, m := range s.world.names {
		if m.obj == nil || strings.Contains(name, mark) {
			continue
		}
		t := m.obj.Type()
		if _, ok := m.obj.(*types.TypeName); ok {
			t = t.Underlying()
		}
		list = append(list, Definition{name, describe(m.obj).Type, types.TypeString(t, short)})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}
