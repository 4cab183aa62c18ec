package notebook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code is the type of the cells that are run.
const Code = "code"

// Cell is one cell of a notebook.
type Cell struct {
	fields map[string]any
	source string
}

func newCell(v any) (*Cell, error) {
	fields, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("it is not an object")
	}
	if _, ok := fields["cell_type"].(string); !ok {
		return nil, errors.New(`it has no string "cell_type"`)
	}
	source, ok := Join(fields["source"])
	if !ok {
		return nil, errors.New(`its "source" is neither a string nor a list of strings`)
	}
	return &Cell{fields, source}, nil
}

// Type gives Code, "markdown" or "raw".
func (c *Cell) Type() string {
	t, _ := c.fields["cell_type"].(string)
	return t
}

// Source gives the text of the cell.
func (c *Cell) Source() string { return c.source }

// Tagged tells whether the cell has a tag, for instance raises-exception.
func (c *Cell) Tagged(tag string) bool {
	metadata, _ := c.fields["metadata"].(map[string]any)
	tags, _ := metadata["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// Outputs gives the outputs, each with multi-line strings as the file has them.
func (c *Cell) Outputs() []map[string]any {
	list, _ := c.fields["outputs"].([]any)
	outputs := make([]map[string]any, 0, len(list))
	for _, v := range list {
		if o, ok := v.(map[string]any); ok {
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// SetResult replaces the outputs, whose multi-line strings are split as Jupyter
// splits them, and the execution count (0: the cell was not run).
func (c *Cell) SetResult(count int, outputs []map[string]any) {
	list := make([]any, len(outputs))
	for i, o := range outputs {
		list[i] = split(o)
	}
	c.fields["outputs"] = list
	c.fields["execution_count"] = nil
	if count > 0 {
		c.fields["execution_count"] = count
	}
}

// split gives a copy of an output in the form that files have.
func split(output map[string]any) map[string]any {
	o := make(map[string]any, len(output))
	for k, v := range output {
		switch text, isText := v.(string); {
		case k == "text" && isText:
			v = splitLines(text)
		case k == "data":
			v = splitBundle(v)
		}
		o[k] = v
	}
	return o
}

func splitBundle(v any) any {
	bundle, ok := v.(map[string]any)
	if !ok {
		return v
	}
	parts := make(map[string]any, len(bundle))
	for mime, v := range bundle {
		if text, ok := v.(string); ok && splits(mime) {
			v = splitLines(text)
		}
		parts[mime] = v
	}
	return parts
}

func splits(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

// FirstLine gives the first line of the source that is not blank, for display.
func (c *Cell) FirstLine() string {
	for line := range strings.Lines(c.source) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// String names the cell by its type and first line.
func (c *Cell) String() string { return fmt.Sprintf("%s cell %q", c.Type(), c.FirstLine()) }
