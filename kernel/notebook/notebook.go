package notebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Notebook is the content of a notebook file.
type Notebook struct {
	root  map[string]any
	cells []*Cell
}

// Parse reads a notebook of format 4.0 or later. The error says where it is not
// one.
func Parse(data []byte) (*Notebook, error) {
	v, err := DecodeJSON(data)
	if err != nil {
		return nil, fmt.Errorf("not a notebook: %w", err)
	}
	root, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("not a notebook: the JSON in it is not an object")
	}
	if err := checkFormat(root["nbformat"]); err != nil {
		return nil, err
	}
	list, ok := root["cells"].([]any)
	if !ok {
		return nil, errors.New(`not a notebook: it has no list "cells"`)
	}
	n := &Notebook{root: root}
	for i, v := range list {
		c, err := newCell(v)
		if err != nil {
			return nil, fmt.Errorf("not a notebook: cell %d: %w", i+1, err)
		}
		n.cells = append(n.cells, c)
	}
	return n, nil
}

func checkFormat(v any) error {
	major, ok := v.(json.Number)
	if !ok {
		return errors.New(`not a notebook: it has no number "nbformat"`)
	}
	if major != "4" {
		return fmt.Errorf("notebook format %s: expected 4; convert it with 'jupyter nbconvert --to notebook'", major)
	}
	return nil
}

// Marshal gives the notebook as the bytes of a file.
func (n *Notebook) Marshal() []byte {
	return append(appendJSON(nil, n.root, 0), '\n')
}

// Cells gives all cells in order.
func (n *Notebook) Cells() []*Cell { return n.cells }

// Language gives the name of the language that the cells are written in, as the
// kernel that last ran them or the kernelspec says; empty if neither does.
func (n *Notebook) Language() string {
	metadata, _ := n.root["metadata"].(map[string]any)
	for _, from := range [][2]string{{"language_info", "name"}, {"kernelspec", "language"}} {
		if info, ok := metadata[from[0]].(map[string]any); ok {
			if name, ok := info[from[1]].(string); ok && name != "" {
				return name
			}
		}
	}
	return ""
}

// SetLanguage records what ran the cells: the language_info of its
// kernel_info_reply and, unless the notebook names one, its kernelspec.
// The values are of the types that DecodeJSON gives.
func (n *Notebook) SetLanguage(info, kernelspec map[string]any) {
	metadata := object(n.root, "metadata")
	metadata["language_info"] = info
	if _, ok := metadata["kernelspec"].(map[string]any); !ok {
		metadata["kernelspec"] = kernelspec
	}
}

// SetProvenance records when the cells were run, and on what: machine is any value that encoding/json can encode.
func (n *Notebook) SetProvenance(when time.Time, machine any) error {
	text, err := json.Marshal(machine)
	if err != nil {
		return err
	}
	facts, err := DecodeJSON(text)
	if err != nil {
		return err
	}
	object(n.root, "metadata")["ipclab"] = map[string]any{"executed": when.UTC().Format(time.RFC3339), "machine": facts}
	return nil
}

// object gives the object under key, which it makes if there is none.
func object(in map[string]any, key string) map[string]any {
	o, ok := in[key].(map[string]any)
	if !ok {
		o = map[string]any{}
		in[key] = o
	}
	return o
}
