package mime_test

import (
	"errors"
	"testing"

	"ipclab/ipclab/mime"
)

// recorder is a sink that keeps what it was sent.
type recorder struct {
	displays []mime.Display
	clears   []bool
	err      error
}

func (r *recorder) Display(d mime.Display) error { r.displays = append(r.displays, d); return r.err }
func (r *recorder) Clear(wait bool) error        { r.clears = append(r.clears, wait); return r.err }

func TestShowReachesSink(t *testing.T) {
	failure := errors.New("sink is gone")
	r := &recorder{err: failure}
	mime.SetSink(r)
	defer mime.SetSink(nil)
	d := mime.Display{Data: mime.Bundle{mime.Plain: "x", mime.HTML: "<b>x</b>"}, ID: "a", Update: true}
	if err := mime.Show(d); !errors.Is(err, failure) {
		t.Errorf("Show: error %v, want the sink's %v", err, failure)
	}
	if err := mime.Clear(true); !errors.Is(err, failure) {
		t.Errorf("Clear: error %v, want the sink's %v", err, failure)
	}
	if len(r.displays) != 1 || r.displays[0].ID != "a" || !r.displays[0].Update || len(r.displays[0].Data) != 2 {
		t.Errorf("sink received %+v, want the one display as sent", r.displays)
	}
	if len(r.clears) != 1 || !r.clears[0] {
		t.Errorf("sink received clears %v, want one with wait", r.clears)
	}
}

func TestShowWithoutPlainText(t *testing.T) {
	r := &recorder{}
	mime.SetSink(r)
	defer mime.SetSink(nil)
	err := mime.Show(mime.Display{Data: mime.Bundle{mime.HTML: "<b>x</b>"}})
	if !errors.Is(err, mime.ErrNoPlain) || len(r.displays) != 0 {
		t.Errorf("Show without text/plain: error %v, %d displays; want ErrNoPlain and none", err, len(r.displays))
	}
}

func ExampleShow() {
	// Without a sink, as in a compiled program, the plain text goes to standard output.
	mime.Show(mime.Display{Data: mime.Bundle{mime.Plain: "p50 5.1 µs", mime.HTML: "<b>p50</b> 5.1 µs"}})
	mime.Clear(false)
	// Output: p50 5.1 µs
}
