package ipclab

import (
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
)

// A role is which of the two processes of a measurement one is.
type role int

const (
	clientRole role = iota
	serverRole
)

// String returns "client" or "server".
func (r role) String() string { return [...]string{"client", "server"}[r] }

// A report is the memory in which the children of a measurement leave their results.
//
//	0     word: 1 once the client has warmed up
//	8     double word: round trips measured
//	16    double word: how many round trips there are, all told; 0 as long as the client does not know
//	64    one block each of client and server:
//	      0   double words: trips, voluntary and involuntary context switches meanwhile
//	      24  words: errno and length of the text of a failure
//	      32  the text
//	1024  double words: the time of each round trip in nanoseconds
type report struct {
	memory *shm.Region
}

const (
	reportWarm    = 0
	reportCount   = 8
	reportAll     = 16
	reportRoles   = 64
	reportRole    = 320
	roleTrips     = 0
	roleVoluntary = 8
	roleInvolunt  = 16
	roleErrno     = 24
	roleLength    = 28
	roleText      = 32
	roleTextMost  = reportRole - roleText
	reportSamples = 1024
	sampleSize    = 8
)

// reportSize is how many bytes a report on n trips takes.
func reportSize(n int) int { return reportSamples + n*sampleSize }

// warm reports whether the client has warmed up.
func (r *report) warm() bool { return r.memory.Load32(reportWarm) != 0 }

// setWarm says that the client has warmed up.
func (r *report) setWarm() { r.memory.Store32(reportWarm, 1) }

// last reports whether trip number n is the last one, as far as the client knows.
func (r *report) last(n int) bool { return r.memory.Load64(reportAll) == uint64(n) }

// setLast says that trip number n, which the client has not begun, is the last one.
func (r *report) setLast(n int) { r.memory.Store64(reportAll, uint64(n)) }

// sample records the time of trip i, the trips before it being recorded.
func (r *report) sample(i int, d time.Duration) {
	r.memory.Store64(reportSamples+i*sampleSize, uint64(d))
	r.memory.Store64(reportCount, uint64(i+1))
}

// samples returns the times recorded, n at most.
func (r *report) samples(n int) []time.Duration {
	count := min(r.memory.Load64(reportCount), uint64(n))
	out := make([]time.Duration, count)
	for i := range out {
		out[i] = time.Duration(r.memory.Load64(reportSamples + i*sampleSize))
	}
	return out
}

// block returns where the block of a role begins.
func block(who role) int { return reportRoles + int(who)*reportRole }

// used records the context switches of a process over a number of trips.
func (r *report) used(who role, trips int, voluntary, involuntary int64) {
	r.memory.Store64(block(who)+roleVoluntary, uint64(voluntary))
	r.memory.Store64(block(who)+roleInvolunt, uint64(involuntary))
	r.memory.Store64(block(who)+roleTrips, uint64(trips))
}

// switches returns the context switches of a process per trip; 0 if it reported none.
func (r *report) switches(who role) (voluntary, involuntary float64) {
	trips := float64(r.memory.Load64(block(who) + roleTrips))
	if trips == 0 {
		return 0, 0
	}
	return float64(r.memory.Load64(block(who)+roleVoluntary)) / trips, float64(r.memory.Load64(block(who)+roleInvolunt)) / trips
}

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
