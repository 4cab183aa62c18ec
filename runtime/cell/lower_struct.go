package cell

import (
	"go/types"
	"strconv"
	"strings"

	"ipclab/runtime/dyn"
)

// structType writes a struct. Embedded fields become plain ones, since lowered
// code always names them; unexported ones say their name in a tag, because the
// interpreter exports them all under other names.
func (e *emitter) structType(t *types.Struct) string { return e.taggedStruct(t, "") }

func (e *emitter) taggedStruct(t *types.Struct, id string) string {
	var b strings.Builder
	b.WriteString("struct {")
	for i := 0; i < t.NumFields(); i++ {
		f := t.Field(i)
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(fieldName(f, i) + " " + e.typ(f.Type()))
		tag := t.Tag(i)
		if !f.Exported() {
			tag = `json:"-" xml:"-" ` + dyn.FieldKey + `:"` + f.Name() + `"`
		}
		if f.Embedded() {
			tag = strings.TrimSpace(tag + " " + dyn.EmbedKey + `:"1"`)
		}
		if id != "" && i == 0 {
			tag = strings.TrimSpace(tag + " " + dyn.Key + `:"` + id + `"`)
		}
		if tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	b.WriteString("}")
	return b.String()
}

// fieldName is what a field is called. The interpreter wants names that differ.
func fieldName(f *types.Var, i int) string {
	if f.Name() == "_" && i > 0 {
		return "_" + mark + strconv.Itoa(i)
	}
	return f.Name()
}
