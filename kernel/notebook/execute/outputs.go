package execute

import (
	"fmt"
	"strings"

	"ipclab/kernel/message"
	"ipclab/kernel/notebook"
)

// output is one output of a cell as notebook files have it; of a stream the
// text is collected apart.
type output struct {
	fields map[string]any
	id     string // display id, or empty
	stream string // name of the stream, empty for other outputs
	text   strings.Builder
}

// outputs are those of one cell.
type outputs struct {
	list    []*output
	pending bool // clear_output with wait came: the next output replaces all
}

// displays finds the outputs that were shown under a display id, in any cell.
type displays map[string][]*output

// add takes a message from iopub into the outputs, as a front end would. It
// gives what there is to print: nil for a message that shows nothing new. The
// error says which field of the message is wrong.
func (o *outputs) add(m *message.Message, shown displays) (*output, error) {
	switch m.Header.Type {
	case "stream":
		return o.addStream(m)
	case "execute_result", "display_data", "update_display_data":
		return o.addDisplay(m, shown)
	case "error":
		return o.addError(m)
	case "clear_output":
		var c message.ClearOutput
		err := m.Decode(&c)
		if o.pending = c.Wait; !c.Wait {
			o.list = nil
		}
		return nil, err
	}
	return nil, nil
}

func (o *outputs) addStream(m *message.Message) (*output, error) {
	var s message.Stream
	if err := m.Decode(&s); err != nil {
		return nil, err
	}
	o.clearPending()
	if n := len(o.list); n > 0 && o.list[n-1].stream == s.Name {
		o.list[n-1].text.WriteString(s.Text)
	} else {
		last := &output{stream: s.Name, fields: map[string]any{"output_type": "stream", "name": s.Name}}
		last.text.WriteString(s.Text)
		o.list = append(o.list, last)
	}
	piece := &output{stream: s.Name}
	piece.text.WriteString(s.Text)
	return piece, nil
}

// addDisplay serves execute_result too, which has one field more.
func (o *outputs) addDisplay(m *message.Message, shown displays) (*output, error) {
	var d message.ExecuteResult
	if err := m.Decode(&d); err != nil {
		return nil, err
	}
	data, err := object(d.Data)
	if err != nil {
		return nil, err
	}
	metadata, err := object(d.Metadata)
	if err != nil {
		return nil, err
	}
	id := d.Transient.DisplayID
	for _, earlier := range shown[id] {
		earlier.fields["data"], earlier.fields["metadata"] = data, metadata
	}
	fresh := &output{id: id, fields: map[string]any{
		"output_type": m.Header.Type, "data": data, "metadata": metadata,
	}}
	if m.Header.Type == "update_display_data" {
		return fresh, nil
	}
	if m.Header.Type == "execute_result" {
		fresh.fields["execution_count"] = d.ExecutionCount
	}
	o.clearPending()
	o.list = append(o.list, fresh)
	if id != "" {
		shown[id] = append(shown[id], fresh)
	}
	return fresh, nil
}

func (o *outputs) addError(m *message.Message) (*output, error) {
	var e message.Error
	if err := m.Decode(&e); err != nil {
		return nil, err
	}
	traceback := make([]any, len(e.Traceback))
	for i, line := range e.Traceback {
		traceback[i] = line
	}
	o.clearPending()
	fresh := &output{fields: map[string]any{
		"output_type": "error", "ename": e.Name, "evalue": e.Value, "traceback": traceback,
	}}
	o.list = append(o.list, fresh)
	return fresh, nil
}

func (o *outputs) clearPending() {
	if o.pending {
		o.list, o.pending = nil, false
	}
}

// file gives the outputs as notebook files have them.
func (o *outputs) file() []map[string]any {
	list := make([]map[string]any, len(o.list))
	for i, out := range o.list {
		if out.stream != "" {
			out.fields["text"] = out.text.String()
		}
		list[i] = out.fields
	}
	return list
}

// object turns raw JSON values into those that notebooks are made of.
func object(raw message.Object) (map[string]any, error) {
	values := make(map[string]any, len(raw))
	for key, text := range raw {
		v, err := notebook.DecodeJSON(text)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", key, err)
		}
		values[key] = v
	}
	return values, nil
}

// addFailure records why a cell ended without a word of the kernel.
func (o *outputs) addFailure(err error) {
	o.clearPending()
	o.list = append(o.list, &output{fields: map[string]any{
		"output_type": "error", "ename": "KernelError", "evalue": err.Error(), "traceback": []any{err.Error()},
	}})
}
