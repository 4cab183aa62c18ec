package ipclab

import (
	"encoding/json"
	"errors"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/chart"
	"ipclab/ipclab/mime"
)

// A Chart is lines, points with intervals, bars or histograms. A cell that ends in one shows it; Display shows it at once.
//
//	ipclab.NewChart("Round trips").X("message", "bytes").LogX().Y("median", "µs").Line("pipe", sizes, times)
//
// JupyterLab draws it from a Vega-Lite specification, where one can point at it for figures; exported notebooks keep it as
// a picture, in SVG, PNG or PDF; a terminal shows it in text. Series differ in colour and in dashes or marks too.
//
// Numbers come in slices, of integers, floats or time.Duration; the methods that end in Of take a slice of structs, of
// which they draw the fields that are named. Durations are converted to the unit of their axis if that is ns, µs, ms or s,
// and to one that suits them if it has none.
//
// Methods that add to a chart return it, so that calls can be chained. What cannot be drawn, such as a value of 0 on a
// logarithmic axis, is left out, and a note below the chart says so; so does one for an argument that makes no sense, which
// Err returns as well. A chart is for one goroutine at a time.
type Chart struct {
	title, x, y string
	series      []series
	made        bool // by NewChart; otherwise it shows distributions: x is logarithmic, y a share
	units       [2]string
	log         [2]bool
	notes       []string
	failed      []error
}

// A series is one line of a chart, or its bars.
type series struct {
	name   string
	points []point
	mark   chart.Mark
	times  [2]bool   // x and y are times in ns
	values []float64 // those of a histogram, which has no points
}

// A point is one point of a line. If it is bounded, low and high are the interval in which y lies; for a bar, in which x
// lies.
type point struct {
	x, y      float64
	low, high float64
	bounded   bool
	name      string // of a bar
}

// The axes, as indexes.
const (
	axisX = iota
	axisY
)

// NewChart returns an empty chart; title stands above it.
func NewChart(title string) *Chart { return &Chart{title: title, made: true} }

// X says what the horizontal axis shows, and in which unit, "µs" for example; "" is none. For bars it is the axis of their
// lengths.
func (c *Chart) X(label, unit string) *Chart { return c.axis(axisX, label, unit) }

// Y says what the vertical axis shows, and in which unit.
func (c *Chart) Y(label, unit string) *Chart { return c.axis(axisY, label, unit) }

func (c *Chart) axis(axis int, label, unit string) *Chart {
	if c == nil {
		return c
	}
	if axis == axisX {
		c.x = label
	} else {
		c.y = label
	}
	c.units[axis] = unit
	return c
}

// LogX makes the horizontal axis logarithmic, and the bins of histograms of equal ratio.
func (c *Chart) LogX() *Chart {
	if c != nil {
		c.log[axisX] = true
	}
	return c
}

// LogY makes the vertical axis logarithmic. The counts of a histogram stay on a linear one, since many are 0.
func (c *Chart) LogY() *Chart {
	if c != nil {
		c.log[axisY] = true
	}
	return c
}

// Note adds a line below the chart; one that is there already is not repeated.
func (c *Chart) Note(text string) *Chart {
	if c != nil && !slices.Contains(c.notes, text) {
		c.notes = append(c.notes, text)
	}
	return c
}

// Err returns what was wrong with the arguments of the calls so far: EINVAL for two slices of different lengths, for what is
// no slice of numbers, and for a field that the rows do not have. It is nil if nothing was.
func (c *Chart) Err() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.failed...)
}

// refuse notes that a call was not carried out.
func (c *Chart) refuse(call, format string, args ...any) *Chart {
	err := &Error{Call: call, Err: because(unix.EINVAL, format, args...)}
	c.failed = append(c.failed, err)
	return c.Note(err.Error())
}

// String returns the chart as text.
func (c *Chart) String() string { return c.fitted().Plain() }

// MIMEBundle returns the chart as text/plain, application/vnd.vegalite.v5+json, image/svg+xml, image/png and application/pdf.
// The last is for conversion to LaTeX, which would otherwise need a program that makes PDF of SVG. If there is nothing to
// draw, it is text alone.
func (c *Chart) MIMEBundle() mime.Bundle {
	f := c.fitted()
	b := mime.Bundle{}
	if f.Empty() {
		b[mime.Plain] = f.Plain()
		return b
	}
	add := func(kind string, value any, err error) {
		if err == nil {
			b[kind] = value
			return
		}
		f.Notes = append(f.Notes, err.Error())
	}
	spec, err := f.VegaLite()
	add(mime.VegaLite, json.RawMessage(spec), err)
	svg, err := f.SVG()
	add(mime.SVG, svg, err)
	png, err := f.PNG()
	add(mime.PNG, png, err)
	pdf, err := f.PDF()
	add(mime.PDF, pdf, err)
	b[mime.Plain] = f.Plain()
	return b
}
