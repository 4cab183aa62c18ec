package ipclab

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// A role is which of the two processes of an exchange one is.
type role int

const (
	clientRole role = iota
	serverRole
)

// String returns "client" or "server".
func (r role) String() string { return [...]string{"client", "server"}[r] }

// A report is the memory in which the two processes of an exchange tell each other how far they are, and leave their results.
//
//	0     double word: the mark, see setMark
//	8     double words: messages that the server is to take next, and that it has taken; see hand
//	64    double words: what the client found out, by the constants foundX
//	192   one block each of client and server:
//	      0   double words: trips, voluntary and involuntary context switches and page faults meanwhile
//	      32  double word: 1 if it has done all
//	      40  words: errno and length of the text of a failure
//	      48  the text
//	1024  double words: the samples in nanoseconds
type report struct {
	memory *shm.Region
}

const (
	reportMark    = 0
	reportHanded  = 8
	reportTaken   = 16
	reportFound   = 64
	reportRoles   = 192
	reportRole    = 400
	roleTrips     = 0
	roleVoluntary = 8
	roleInvolunt  = 16
	roleFaults    = 24
	roleFinished  = 32
	roleErrno     = 40
	roleLength    = 44
	roleText      = 48
	roleTextMost  = reportRole - roleText
	reportSamples = 1024
	sampleSize    = 8
)

// What the client finds out beside the samples, as numbers of double words.
const (
	foundCount    = iota // samples
	foundBatch           // trips in a sample
	foundWarmUp          // trips before those that count
	foundUnsteady        // 1 if the pace was not steady when warming up had to end
	foundOverhead        // of the clock, in hundredths of a nanosecond
	foundCall            // of an interpreted function, in hundredths of a nanosecond
	foundLate            // requests that could not be made when they were due
)

// hundredths is how fine the report is on times below a nanosecond.
const hundredths = 100

// reportSize is how many bytes a report with n samples takes.
func reportSize(n int) int { return reportSamples + n*sampleSize }

// setMark says at which trip, counted from 1, the server is to look up: to note what it has used so far, or to end.
func (r *report) setMark(trip int, end bool) {
	v := uint64(trip) << 1
	if end {
		v |= 1
	}
	r.memory.Store64(reportMark, v)
}

// mark returns the trip at which the server is to look up, and whether to end.
func (r *report) mark() (trip int, end bool) {
	v := r.memory.Load64(reportMark)
	return int(v >> 1), v&1 != 0
}

// hand tells a server that only takes messages how many will have been sent, all told; below 0 that there are no more.
func (r *report) hand(messages int) { r.memory.Store64(reportHanded, uint64(int64(messages))) }
func (r *report) handed() int       { return int(int64(r.memory.Load64(reportHanded))) }

// take says how many messages the server has taken.
func (r *report) take(messages int) { r.memory.Store64(reportTaken, uint64(messages)) }
func (r *report) taken() int        { return int(r.memory.Load64(reportTaken)) }

// find records something that the client found out.
func (r *report) find(what, value int)  { r.memory.Store64(reportFound+8*what, uint64(value)) }
func (r *report) found(what int) int    { return int(r.memory.Load64(reportFound + 8*what)) }
func (r *report) fine(what int) float64 { return float64(r.found(what)) / hundredths }
func (r *report) findFine(what int, ns float64) {
	r.find(what, int(math.Round(ns*hundredths)))
}

// setSamples records the times that the client took.
func (r *report) setSamples(times []int64) {
	for i, t := range times {
		r.memory.Store64(reportSamples+i*sampleSize, uint64(t))
	}
	r.find(foundCount, len(times))
}

// samples returns the times recorded, n at most.
func (r *report) samples(n int) []time.Duration {
	out := make([]time.Duration, min(max(r.found(foundCount), 0), n))
	for i := range out {
		out[i] = time.Duration(r.memory.Load64(reportSamples + i*sampleSize))
	}
	return out
}

// block returns where the block of a role begins.
func block(who role) int { return reportRoles + int(who)*reportRole }

// use records what a process used over a number of trips.
func (r *report) use(who role, trips int, before, after unix.Rusage) {
	r.memory.Store64(block(who)+roleVoluntary, uint64(after.Nvcsw-before.Nvcsw))
	r.memory.Store64(block(who)+roleInvolunt, uint64(after.Nivcsw-before.Nivcsw))
	r.memory.Store64(block(who)+roleFaults, uint64(after.Minflt-before.Minflt+after.Majflt-before.Majflt))
	r.memory.Store64(block(who)+roleTrips, uint64(trips))
}

// uses are what processes used for each trip, or message.
type uses struct{ voluntary, involuntary, faults float64 }

// used returns what a process used for each trip; 0 if it reported nothing.
func (r *report) used(who role) uses {
	trips := float64(r.memory.Load64(block(who) + roleTrips))
	if trips == 0 {
		return uses{}
	}
	each := func(at int) float64 { return float64(r.memory.Load64(block(who)+at)) / trips }
	return uses{each(roleVoluntary), each(roleInvolunt), each(roleFaults)}
}

// add adds two processes'.
func (u uses) add(v uses) uses {
	return uses{u.voluntary + v.voluntary, u.involuntary + v.involuntary, u.faults + v.faults}
}

// finish records that a process has done all, and is about to end.
func (r *report) finish(who role) { r.memory.Store64(block(who)+roleFinished, 1) }

// finished reports whether a process has done all. One that has not, and ended, was ended by a function of the user's.
func (r *report) finished(who role) bool { return r.memory.Load64(block(who)+roleFinished) == 1 }

// fail records why a process gives up.
func (r *report) fail(who role, err error) {
	text := shorten(err.Error(), roleTextMost)
	r.memory.Write(block(who)+roleText, []byte(text))
	r.memory.Store32(block(who)+roleErrno, uint32(errnoIn(err)))
	r.memory.Store32(block(who)+roleLength, uint32(len(text)))
}

// failed reports whether a process has said that it gives up.
func (r *report) failed(who role) bool { return r.memory.Load32(block(who)+roleLength) > 0 }

// failure returns why a process gave up.
func (r *report) failure(who role) error {
	length := min(r.memory.Load32(block(who)+roleLength), roleTextMost)
	text, _ := r.memory.Read(block(who)+roleText, int(length))
	if len(text) == 0 {
		text = []byte("ended without saying why")
	}
	return &distantError{text: string(text), errno: unix.Errno(r.memory.Load32(block(who) + roleErrno))}
}
