package ipclab

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// Display shows values at once, each as an output of its own: tables and charts in their richest form, everything else
// as text, as fmt.Print would write it. Outputs stay in order with what the cell and its children print.
//
// Values are the results of one call if need be: Display(ipclab.Descriptors()) works, since a nil error is passed over
// and an error that is not nil is returned. Other errors come from the connection to the notebook.
func Display(values ...any) error {
	var failed error
	for _, v := range values {
		if v == nil {
			continue
		}
		if err, ok := v.(error); ok {
			failed = errors.Join(failed, err)
			continue
		}
		failed = errors.Join(failed, mime.Show(representation(v)))
	}
	return failed
}

// DisplayAs shows a value as Display does, under a name of the caller's choice by which UpdateDisplay can replace it.
// Errors: EINVAL if the name is empty, and those of Display.
func DisplayAs(name string, v any) error { return displayAs("display", name, v, false) }

// UpdateDisplay replaces, wherever it is in the notebook, what DisplayAs has shown under the same name: a figure that a
// measurement fills as it goes. Where nothing was shown under it, nothing happens. Errors: as for DisplayAs.
func UpdateDisplay(name string, v any) error { return displayAs("update display", name, v, true) }

func displayAs(call, name string, v any, update bool) error {
	if name == "" {
		return &Error{Call: call, Err: because(unix.EINVAL, "the name is empty")}
	}
	d := representation(v)
	d.ID, d.Update = name, update
	return mime.Show(d)
}

// ClearOutput removes the output of the cell so far: at once, or, if wait is true, when the next output comes, which
// lets a cell replace a picture without flicker. In a compiled program it does nothing.
func ClearOutput(wait bool) error { return mime.Clear(wait) }

// representation returns what to show for v.
func representation(v any) mime.Display {
	switch v := v.(type) {
	case mime.Display:
		return v
	case mime.Bundle:
		return mime.Display{Data: v}
	case mime.Displayable:
		return mime.Display{Data: v.MIMEBundle()}
	}
	return mime.Display{Data: mime.Bundle{mime.Plain: fmt.Sprint(v)}}
}
