package ipclab

import (
	"fmt"
	"strings"

	"ipclab/ipclab/internal/render"
)

// channelEnd ends the name of the channel in the text of an event.
const channelEnd = "\x00"

// Send records that the calling process is about to send something by way of a channel, which may have any name. Timeline draws an
// arrow from the first Send on a channel to the first Receive on it, from the second to the second, and so on. The values
// are put together as by fmt.Println; with the name, the first 103 bytes are kept.
func (t *Trace) Send(channel string, values ...any) { t.passes(kindSend, channel, values) }

// Receive records that the calling process has received something by way of a channel, see Send. Call it when the data are
// there: after read(2), not before.
func (t *Trace) Receive(channel string, values ...any) { t.passes(kindReceive, channel, values) }

func (t *Trace) passes(kind uint32, channel string, values []any) {
	t.record(kind, strings.ReplaceAll(channel, channelEnd, "")+channelEnd+strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
}

// Waits records that the calling process begins to wait, for data or for another process. Timeline shades the time until the
// process's next event.
func (t *Trace) Waits(values ...any) {
	t.record(kindWaits, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
}

// describe puts an event's text into words that say what kind it is.
func (e *TraceEvent) describe(kind uint32) {
	switch kind {
	case kindSend, kindReceive:
		channel, text, _ := strings.Cut(e.Text, channelEnd)
		e.Channel, e.Sends, e.Receives = channel, kind == kindSend, kind == kindReceive
		way := "sends to "
		if e.Receives {
			way = "receives from "
		}
		e.Text = way + channel
		if text != "" {
			e.Text += ": " + text
		}
	case kindWaits:
		e.Waits = true
		e.Text = strings.TrimSuffix("waits "+e.Text, " ")
	}
}

// Timeline returns the events as a picture: a lane for each process, with arrows from Send to Receive, and shaded from Waits to
// the process's next event.
func (t *Trace) Timeline() *Timeline {
	events, _, first := t.read()
	line := &Timeline{title: "Events of a trace", names: map[int]string{}, named: map[int]bool{}}
	if t != nil {
		line.origin = t.clock + first
	}
	for i, e := range events {
		line.names[e.Pid] = e.Process
		line.marks = append(line.marks, timelineMark{pid: e.Pid, at: e.Time, kind: render.Event, label: e.Text, text: fmt.Sprintf("%s: %s, at %v", e.Process, e.Text, brief(e.Time))})
		if e.Waits {
			line.waitUntilNext(e, events[i+1:])
		}
	}
	for pid, name := range line.names {
		if name != pidText(pid) {
			line.names[pid], line.named[pid] = fmt.Sprintf("%d %s", pid, name), true
		}
	}
	line.arrows = traceArrows(events)
	if n := t.Lost(); n > 0 {
		line.notes = append(line.notes, fmt.Sprintf("%d events were lost: the trace has room for %d.", n, t.slots))
	}
	return line
}

// waitUntilNext shades the time from e to the process's next event, or to the last event of all.
func (t *Timeline) waitUntilNext(e TraceEvent, later []TraceEvent) {
	until := e.Time
	for _, next := range later {
		until = next.Time
		if next.Pid == e.Pid {
			break
		}
	}
	t.waits = append(t.waits, timelineWait{pid: e.Pid, from: e.Time, to: until, text: fmt.Sprintf("%s: %s, %v", e.Process, e.Text, brief(until-e.Time))})
}

// traceArrows matches what was sent on a channel with what was received, in order. What seems to arrive before it was sent was
// recorded in the wrong order: Receive comes after the data, Send before.
func traceArrows(events []TraceEvent) (arrows []timelineArrow) {
	sent := map[string][]TraceEvent{}
	for _, e := range events {
		if e.Sends {
			sent[e.Channel] = append(sent[e.Channel], e)
		}
	}
	for _, e := range events {
		queue := sent[e.Channel]
		if !e.Receives || len(queue) == 0 {
			continue
		}
		sent[e.Channel] = queue[1:]
		if from := queue[0]; from.Time <= e.Time {
			text := fmt.Sprintf("%s, %v after it was sent", strings.TrimPrefix(from.Text, "sends to "), brief(e.Time-from.Time))
			arrows = append(arrows, timelineArrow{from: from.Pid, to: e.Pid, leaves: from.Time, arrives: e.Time, kind: render.Data, text: text})
		}
	}
	return arrows
}
