package ipclab

import "ipclab/ipclab/internal/chart"

// Line adds a line through the points whose coordinates are in two slices of equal length. With two slices more, the
// lower and the upper ends of intervals of y, it has error bars.
func (c *Chart) Line(name string, x, y any, interval ...any) *Chart {
	return c.pairs("Line", name, chart.Line, x, y, interval)
}

// Points adds points whose coordinates are in two slices of equal length. With two slices more, the lower and the upper
// ends of intervals of y, they have error bars.
func (c *Chart) Points(name string, x, y any, interval ...any) *Chart {
	return c.pairs("Points", name, chart.Dots, x, y, interval)
}

// Bars adds horizontal bars, each with its name; the chart sorts them, the shortest first. With two slices more, the lower
// and the upper ends of intervals, they have error bars. A chart that has bars shows nothing else.
func (c *Chart) Bars(names []string, lengths any, interval ...any) *Chart {
	if c == nil {
		return c
	}
	if err := bothEnds(interval); err != nil {
		return c.refuse("Bars", "%v", err)
	}
	columns, err := columnsOf(append([]any{lengths}, interval...))
	if err != nil {
		return c.refuse("Bars", "%v", err)
	}
	if len(names) != len(columns[0].values) {
		return c.refuse("Bars", "there are %d names and %d lengths", len(names), len(columns[0].values))
	}
	return c.addBars(names, columns)
}

// Histogram adds a histogram of values: how many lie in each of some bins of equal width, or, after LogX, of equal ratio.
func (c *Chart) Histogram(name string, values any) *Chart {
	if c == nil {
		return c
	}
	columns, err := columnsOf([]any{values})
	if err != nil {
		return c.refuse("Histogram", "%v", err)
	}
	return c.addHistogram(name, columns[0])
}

// pairs adds a series of points.
func (c *Chart) pairs(call, name string, mark chart.Mark, x, y any, interval []any) *Chart {
	if c == nil {
		return c
	}
	if err := bothEnds(interval); err != nil {
		return c.refuse(call, "%v", err)
	}
	columns, err := columnsOf(append([]any{x, y}, interval...))
	if err != nil {
		return c.refuse(call, "%v", err)
	}
	return c.addPairs(name, mark, columns)
}

// addPairs adds a series of columns of equal length: x, y, and two for intervals, if there are any.
func (c *Chart) addPairs(name string, mark chart.Mark, columns []numbers) *Chart {
	s := series{name: name, mark: mark, times: [2]bool{columns[0].times, columns[1].times}}
	for i := range columns[0].values {
		p := point{x: columns[0].values[i], y: columns[1].values[i]}
		p.bound(columns[2:], i)
		s.points = append(s.points, p)
	}
	c.series = append(c.series, s)
	return c
}

// addBars adds bars of columns as long as names: lengths, and two for intervals, if there are any.
func (c *Chart) addBars(names []string, columns []numbers) *Chart {
	s := series{mark: chart.Bars, times: [2]bool{columns[0].times, false}}
	for i, name := range names {
		p := point{x: columns[0].values[i], name: name}
		p.bound(columns[1:], i)
		s.points = append(s.points, p)
	}
	c.series = append(c.series, s)
	return c
}

func (c *Chart) addHistogram(name string, values numbers) *Chart {
	c.series = append(c.series, series{name: name, mark: chart.Steps, times: [2]bool{values.times, false}, values: values.values})
	return c
}

// bound sets the interval of a point, if there are two columns for it.
func (p *point) bound(ends []numbers, i int) {
	if len(ends) == 2 {
		p.low, p.high, p.bounded = ends[0].values[i], ends[1].values[i], true
	}
}
