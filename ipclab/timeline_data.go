package ipclab

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ipclab/ipclab/internal/render"
)

// A passing is what one call wrote that another one read.
type passing struct {
	channel  string
	put, get *SyscallEvent
	bytes    int64
}

// dataArrows match what was written to a channel with what was read from it. An arrow that would go back in time is left out:
// there were data in the channel before the trace began then.
func dataArrows(events []SyscallEvent) (arrows []timelineArrow) {
	written := movedBy(events, func(e *SyscallEvent) string { return e.move.Written }, SyscallEvent.begins)
	read := movedBy(events, func(e *SyscallEvent) string { return e.move.Read }, SyscallEvent.ends)
	for channel, gets := range read {
		match := matchBytes
		if gets[0].move.Messages {
			match = matchMessages
		}
		for _, p := range match(written[channel], gets) {
			from, to := p.put.begins(), p.get.ends()
			if from > to {
				continue
			}
			arrows = append(arrows, timelineArrow{from: p.put.Pid, to: p.get.Pid, leaves: from, arrives: to, kind: render.Data,
				text: fmt.Sprintf("%s, %d bytes, %v", channel, p.bytes, brief(to-from))})
		}
	}
	slices.SortStableFunc(arrows, func(a, b timelineArrow) int { return cmp.Compare(a.leaves, b.leaves) })
	return arrows
}

func (e SyscallEvent) begins() time.Duration { return e.Time }
func (e SyscallEvent) ends() time.Duration   { return e.Time + e.Duration }

// movedBy returns, for each channel, the calls that moved something, in the order of a time of theirs.
func movedBy(events []SyscallEvent, channel func(*SyscallEvent) string, at func(SyscallEvent) time.Duration) map[string][]*SyscallEvent {
	out := map[string][]*SyscallEvent{}
	for i := range events {
		e := &events[i]
		if name := channel(e); name != "" && e.Returned && e.Result >= 0 && (e.move.Length > 0 || e.move.Messages) {
			out[name] = append(out[name], e)
		}
	}
	for _, moved := range out {
		slices.SortStableFunc(moved, func(a, b *SyscallEvent) int { return cmp.Compare(at(*a), at(*b)) })
	}
	return out
}

// matchBytes counts bytes from the beginning of the trace: who reads the tenth gets it from who wrote the tenth.
func matchBytes(puts, gets []*SyscallEvent) (found []passing) {
	wrote, took := int64(0), int64(0) // before the first of puts, and before the read that is looked at
	for _, get := range gets {
		until := took + get.move.Length
		for len(puts) > 0 && wrote+puts[0].move.Length <= took {
			wrote, puts = wrote+puts[0].move.Length, puts[1:]
		}
		from := wrote
		for _, put := range puts {
			if from >= until {
				break
			}
			to := from + put.move.Length
			found = append(found, passing{get.move.Read, put, get, min(to, until) - max(from, took)})
			from = to
		}
		took = until
	}
	return found
}

// matchMessages has each read get the first message that it can be: of its tag, not shorter, and not sent later. Without tags,
// those that were sent before were lost on the way; with tags, they were overtaken.
func matchMessages(puts, gets []*SyscallEvent) (found []passing) {
	puts = slices.Clone(puts)
	for _, get := range gets {
		i := slices.IndexFunc(puts, func(put *SyscallEvent) bool { return mayBe(put, get) })
		if i < 0 {
			continue
		}
		found = append(found, passing{get.move.Read, puts[i], get, get.move.Length})
		lost := i
		if puts[i].move.Tagged {
			lost = 0
		}
		puts = slices.Delete(puts, i-lost, i+1)
	}
	return found
}

// mayBe reports whether a read may have got a message.
func mayBe(put, get *SyscallEvent) bool {
	p, g := put.move, get.move
	return put.begins() <= get.ends() && p.Length >= g.Length && (g.Length > 0 || p.Length == 0) &&
		(!p.Tagged || !g.Tagged || p.Tag == g.Tag)
}
