package eval

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// The interpreter's steps of channel operations are replaced by ones that wait for
// an interrupt too (channels.go). They find operands and what comes next by the
// interpreter's own functions, as its steps do. Its select statement keeps the
// channels in one place for all goroutines; here each has its own.

// The generators of the interpreter whose steps are replaced.
//
//go:linkname genRecv github.com/traefik/yaegi/interp.recv
func genRecv(n unsafe.Pointer)

//go:linkname genRecv2 github.com/traefik/yaegi/interp.recv2
func genRecv2(n unsafe.Pointer)

//go:linkname genSend github.com/traefik/yaegi/interp.send
func genSend(n unsafe.Pointer)

//go:linkname genRangeChan github.com/traefik/yaegi/interp.rangeChan
func genRangeChan(n unsafe.Pointer)

//go:linkname genSelect github.com/traefik/yaegi/interp._select
func genSelect(n unsafe.Pointer)

// stepOf gives the step of a node, nil for none, and makes it if need be.
//
//go:linkname stepOf github.com/traefik/yaegi/interp.getExec
func stepOf(n unsafe.Pointer) step

// genDestValue is genValue for a place of another type.
//
//go:linkname genDestValue github.com/traefik/yaegi/interp.genDestValue
func genDestValue(typ, n unsafe.Pointer) func(frame unsafe.Pointer) reflect.Value

// getFrame is the frame that is level functions further out.
//
//go:linkname getFrame github.com/traefik/yaegi/interp.getFrame
func getFrame(frame unsafe.Pointer, level int) unsafe.Pointer

// clauseChanDir takes the operation of a select statement's clause apart.
//
//go:linkname clauseChanDir github.com/traefik/yaegi/interp.clauseChanDir
func clauseChanDir(n unsafe.Pointer) (channel, value, ok unsafe.Pointer, dir reflect.SelectDir)

// channelGenerator is the generator that takes the place of gen, nil if that is
// not one of a channel operation.
func (h *host) channelGenerator(gen generator) generator {
	var make func(unsafe.Pointer) step
	switch entry(gen) {
	case entry(genRecv):
		make = h.recvStep
	case entry(genRecv2):
		make = h.recv2Step
	case entry(genSend):
		make = h.sendStep
	case entry(genRangeChan):
		make = h.rangeStep
	case entry(genSelect):
		make = h.selectStep
	default:
		return nil
	}
	return func(n unsafe.Pointer) { *at[step](n, nodes.exec) = make(n) }
}

// entry is where a function's code is.
func entry(f generator) uintptr { return reflect.ValueOf(f).Pointer() }

func childOf(n unsafe.Pointer, i int) unsafe.Pointer {
	return (*at[[]unsafe.Pointer](n, nodes.child))[i]
}

// nextOf is the step after n, and the one after it where it is false.
func nextOf(n unsafe.Pointer) (yes, no step) {
	return stepOf(*at[unsafe.Pointer](n, channelNodes.tnext)), stepOf(*at[unsafe.Pointer](n, channelNodes.fnext))
}

// resultOf is where the value of node n is kept.
func resultOf(n unsafe.Pointer) func(frame unsafe.Pointer) *reflect.Value {
	index, level := *at[int](n, channelNodes.findex), *at[int](n, channelNodes.level)
	return func(frame unsafe.Pointer) *reflect.Value {
		return &(*at[[]reflect.Value](getFrame(frame, level), channelNodes.data))[index]
	}
}

// recvStep is <-c with one value.
func (h *host) recvStep(n unsafe.Pointer) step {
	channel, keep := genValue(childOf(n, 0)), destinationOf(n)
	yes, no := nextOf(n)
	condition := *at[unsafe.Pointer](n, channelNodes.fnext) != nil
	return func(frame unsafe.Pointer) step {
		v, _ := h.receive(channel(frame))
		keep(frame, v)
		if condition && !v.Bool() {
			return no
		}
		return yes
	}
}

// A destination puts what was received where it belongs.
type destination func(frame unsafe.Pointer, v reflect.Value)

// destinationOf finds the place for the value of a receive. The interpreter has it
// written to the frame directly, whatever the place is: to a variable that a
// pointer or a function shares it may not be.
func destinationOf(n unsafe.Pointer) destination {
	result, parent := resultOf(n), *at[unsafe.Pointer](n, channelNodes.anc)
	switch channelNodes.kindOf(parent) {
	case "defineStmt":
		return func(frame unsafe.Pointer, v reflect.Value) { *result(frame) = variable(v) }
	case "assignStmt":
		if place := assigned(parent, n); place != nil {
			value := genValue(place)
			return func(frame unsafe.Pointer, v reflect.Value) { value(frame).Set(v) }
		}
	case "returnStmt":
		return func(frame unsafe.Pointer, v reflect.Value) {
			if place := result(frame); place.CanSet() {
				place.Set(v)
			} else {
				*place = variable(v)
			}
		}
	}
	return func(frame unsafe.Pointer, v reflect.Value) { *result(frame) = v }
}

// variable is a new variable with a value.
func variable(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

// assigned finds what the value of n is assigned to, nil if it is a blank or the
// assignment has a step of its own.
func assigned(assignment, n unsafe.Pointer) unsafe.Pointer {
	children := *at[[]unsafe.Pointer](assignment, nodes.child)
	i := slices.Index(children, n) - len(children)/2
	if i < 0 || *at[int](n, channelNodes.findex) != *at[int](children[i], channelNodes.findex) || *at[string](children[i], channelNodes.ident) == "_" {
		return nil
	}
	return children[i]
}

// recv2Step is v, ok = <-c.
func (h *host) recv2Step(n unsafe.Pointer) step {
	assignment := *at[unsafe.Pointer](n, channelNodes.anc)
	channel := genValue(childOf(n, 0))
	value, status := genValue(childOf(assignment, 0)), genValue(childOf(assignment, 1))
	next, _ := nextOf(n)
	return func(frame unsafe.Pointer) step {
		v, ok := h.receive(channel(frame))
		value(frame).Set(v)
		status(frame).SetBool(ok)
		return next
	}
}

// sendStep is c <- v.
func (h *host) sendStep(n unsafe.Pointer) step {
	c, v := childOf(n, 0), childOf(n, 1)
	channel, value := genValue(c), valueFor(c, v)
	next, _ := nextOf(n)
	return func(frame unsafe.Pointer) step {
		h.send(channel(frame), value(frame))
		return next
	}
}

// valueFor is genValue for a value that is sent to a channel.
func valueFor(channel, value unsafe.Pointer) func(frame unsafe.Pointer) reflect.Value {
	t := *at[unsafe.Pointer](channel, channelNodes.typ)
	element := *at[unsafe.Pointer](t, channelNodes.val)
	if element == nil { // compiled code has made the channel's type
		return genValue(value)
	}
	return genDestValue(element, value)
}

// rangeStep is the head of a range over a channel.
func (h *host) rangeStep(n unsafe.Pointer) step {
	index := *at[int](childOf(n, 0), channelNodes.findex)
	channel := genValue(childOf(n, 1))
	body, end := nextOf(n)
	return func(frame unsafe.Pointer) step {
		v, ok := h.receive(channel(frame))
		if !ok {
			return end
		}
		(*at[[]reflect.Value](frame, channelNodes.data))[index].Set(v)
		return body
	}
}

// A clause is one of a select statement.
type clause struct {
	dir                reflect.SelectDir
	channel, value, ok func(frame unsafe.Pointer) reflect.Value  // nil for none
	fresh              func(frame unsafe.Pointer) *reflect.Value // the value's place, if the clause defines it
	body               step
}

// selectStep is a select statement, whose node has the clauses as children.
func (h *host) selectStep(n unsafe.Pointer) step {
	var clauses []clause
	next, _ := nextOf(n)
	for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
		clauses = append(clauses, newClause(c, next))
	}
	blocks := !slices.ContainsFunc(clauses, func(c clause) bool { return c.dir == reflect.SelectDefault })
	pool := sync.Pool{New: func() any {
		cases := make([]reflect.SelectCase, len(clauses)+1) // one for the interrupt
		return &cases
	}}
	return func(frame unsafe.Pointer) step {
		cases := pool.Get().(*[]reflect.SelectCase)
		for i := range clauses {
			(*cases)[i] = clauses[i].evaluate(frame)
		}
		i, v, ok := h.selectOne(*cases, blocks)
		clear(*cases)
		pool.Put(cases)
		c := &clauses[i]
		c.keep(frame, v, ok)
		return c.body
	}
}

func newClause(n unsafe.Pointer, next step) clause {
	c := clause{dir: reflect.SelectDefault, body: next}
	children := *at[[]unsafe.Pointer](n, nodes.child)
	if channelNodes.kindOf(n) != "commClauseDefault" {
		children0 := children[0]
		channel, value, ok, dir := clauseChanDir(children0)
		c.dir, c.channel = dir, genValue(channel)
		children = children[1:]
		switch {
		case value == nil:
		case dir == reflect.SelectSend:
			c.value = valueFor(channel, value)
		default:
			c.value = genValue(value)
			if channelNodes.kindOf(children0) == "defineStmt" && *at[int](value, channelNodes.findex) >= 0 {
				c.fresh = resultOf(value)
			}
		}
		if ok != nil {
			c.ok = genValue(ok)
		}
	}
	if len(children) > 0 {
		c.body = stepOf(*at[unsafe.Pointer](children[0], channelNodes.start))
	}
	return c
}

// evaluate gives the clause with its channel and what it sends.
func (c *clause) evaluate(frame unsafe.Pointer) reflect.SelectCase {
	s := reflect.SelectCase{Dir: c.dir}
	if c.dir == reflect.SelectDefault {
		return s
	}
	s.Chan = c.channel(frame)
	if c.dir == reflect.SelectSend {
		s.Send = c.value(frame)
	}
	return s
}

// keep stores what the clause has received.
func (c *clause) keep(frame unsafe.Pointer, v reflect.Value, ok bool) {
	if c.dir != reflect.SelectRecv || c.value == nil {
		return
	}
	if c.fresh != nil {
		*c.fresh(frame) = variable(v)
	} else {
		c.value(frame).Set(v)
	}
	if c.ok != nil {
		c.ok(frame).SetBool(ok)
	}
}
