package means

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A contest is a means beside a mechanism of the C program.
type contest struct {
	name, c string
	mode    string // of the C program: pct, a clock reading each trip; lat, one each round; thr, messages one way
}

var contests = []contest{
	{"pipe", "pipe", "pct"}, {"fifo", "fifo", "pct"}, {"stream", "stream", "pct"}, {"datagram", "dgram", "pct"},
	{"seqpacket", "seqpacket", "pct"}, {"tcp", "tcp", "pct"}, {"eventfd", "eventfd", "pct"}, {"sigqueue", "sigqueue", "pct"},
	{"handler", "sigsuspend", "pct"}, {"mqueue", "posixmq", "pct"}, {"sysvmq", "sysvmq", "pct"}, {"sysvsem", "sysvsem", "pct"},
	{"semaphore", "sem", "pct"}, {"futex", "futex", "pct"},
	{"spin", "spin", "lat"}, {"spin-futex", "futexspin", "lat"}, {"file", "filepoll", "lat"}, {"ring", "ring", "thr"},
	{"queue", "", "pct"}, {"ring", "", "lat"}, {"ring-batch", "ring", "thr"}, {"door", "", "pct"},
}

// BenchmarkAgainstC lets each means and a C program take turns, ROUNDS times, and prints the median of what the turns
// found, and the best of them in parentheses: nanoseconds for a round trip, or a message one way; in C, raw, and as Go
// programs do. These variables of the environment say what to do:
//
//	IPCREF  the C program, if there is one: it takes MODE MECHANISM SIZE NUMBER CPU CPU ROUNDS and prints a line of fields, the
//	        7th of which is the median of the rounds, and the 11th that of all trips if MODE is pct
//	CPUS    "0 0" or "0 1", where client and server run; both if it is not set
//	SIZE    of the messages, 64 bytes if it is not set; that of the C program's ring is 64
//	MEANS   the names of those to try; all if it is not set
func BenchmarkAgainstC(b *testing.B) {
	places := []string{"0 0", "0 1"}
	if p := os.Getenv("CPUS"); p != "" {
		places = []string{p}
	}
	rounds, err := strconv.Atoi(os.Getenv("ROUNDS"))
	if err != nil {
		rounds = 5
	}
	for range b.N {
		for _, place := range places {
			for _, c := range contests {
				wanted := os.Getenv("MEANS")
				if wanted != "" && !slices.Contains(strings.Fields(wanted), c.name) || c.mode != "pct" && place == "0 0" {
					continue
				}
				c.run(b, place, rounds)
			}
		}
	}
}

// run prints a line.
func (c contest) run(b *testing.B, place string, rounds int) {
	var cpus [2]int
	fmt.Sscan(place, &cpus[0], &cpus[1])
	var ours, theirs, gos []float64
	for range rounds {
		if c.c != "" && os.Getenv("IPCREF") != "" {
			theirs = append(theirs, c.theirs(b, place))
		}
		if m, err := ByName(c.name, Raw); err == nil {
			ours = append(ours, c.ours(b, m, cpus))
		}
		if m, err := ByName(c.name, Go); err == nil {
			gos = append(gos, c.ours(b, m, cpus))
		}
	}
	text := fmt.Sprintf("%-4s %-4s %-10s", strings.ReplaceAll(place, " ", "/"), c.mode, c.name)
	ratio := ratios(ours, theirs)
	for _, l := range [][]float64{theirs, ours, gos} {
		if len(l) == 0 {
			text += fmt.Sprintf("%20s", "")
			continue
		}
		slices.Sort(l)
		text += fmt.Sprintf("%9.0f (%8.0f)", l[len(l)/2], l[0])
	}
	if len(theirs) > 0 {
		text += fmt.Sprintf("  raw/C: of the medians %.3f, of the best %.3f, median of the turns %.3f", ours[len(ours)/2]/theirs[len(theirs)/2],
			ours[0]/theirs[0], ratio)
	}
	fmt.Println(text)
}

// messageSize returns how many bytes a message has.
func messageSize() int {
	if size, err := strconv.Atoi(os.Getenv("SIZE")); err == nil {
		return size
	}
	return 64
}

// ratios returns the median of what a turn took of that before it: both had the same frequency of the processor, mostly.
func ratios(ours, theirs []float64) float64 {
	if len(theirs) == 0 || len(ours) != len(theirs) {
		return 0
	}
	r := make([]float64, len(ours))
	for i := range r {
		r[i] = ours[i] / theirs[i]
	}
	slices.Sort(r)
	return r[len(r)/2]
}

// How many round trips, or messages, a turn has.
func (c contest) number() (n, rounds int) {
	switch c.mode {
	case "lat":
		return 10_000, 100
	case "thr":
		return 200_000, 40
	}
	return 1500, 1
}

// theirs runs the C program.
func (c contest) theirs(b *testing.B, place string) float64 {
	n, rounds := c.number()
	args := slices.Concat([]string{c.mode, c.c, strconv.Itoa(messageSize()), strconv.Itoa(n)}, strings.Fields(place), []string{strconv.Itoa(rounds)})
	out, err := exec.Command(os.Getenv("IPCREF"), args...).Output()
	if err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	fields := strings.Fields(string(out))
	at := 6
	if c.mode == "pct" {
		at = 10
	}
	ns, err := strconv.ParseFloat(fields[at], 64)
	if err != nil {
		b.Fatalf("%q: %v", out, err)
	}
	return ns
}

// ours does the same with a means.
func (c contest) ours(b *testing.B, m *Means, cpus [2]int) float64 {
	n, rounds := c.number()
	per := n / rounds
	size := min(max(messageSize(), m.Least), m.Most)
	line, err := m.Open(size)
	if err != nil {
		b.Fatal(err)
	}
	defer line.Close()
	var result [2]int
	if err := unix.Pipe2(result[:], unix.O_CLOEXEC); err != nil {
		b.Fatal(err)
	}
	defer closeBoth(result)
	out := make([]byte, max(size, 8))
	binary.NativeEndian.PutUint64(out, 1)
	out = out[:size]
	in := make([]byte, size)
	trips := (per/5 + 100) + n
	server := join(b, m, line, Server, func(e End) error {
		pin(m, cpus[1])
		f, flushes := e.(Flusher)
		for range trips {
			if err := e.Receive(in); err != nil {
				return err
			}
			if c.mode != "thr" {
				if err := e.Send(out); err != nil {
					return err
				}
				if flushes {
					f.Flush()
				}
			}
		}
		if c.mode == "thr" {
			return sent(e, out) // all are there
		}
		return nil
	})
	client := join(b, m, line, Client, func(e End) error {
		pin(m, cpus[0])
		ns, err := c.time(e, out, in, per, rounds)
		if err != nil {
			return err
		}
		if c.mode == "thr" {
			if err := e.Receive(in); err != nil {
				return err
			}
		}
		var text [8]byte
		binary.NativeEndian.PutUint64(text[:], uint64(ns*1000))
		_, err = unix.Write(result[1], text[:])
		return err
	})
	await(b, server, client)
	var text [8]byte
	if n, _ := unix.Read(result[0], text[:]); n != len(text) || b.Failed() {
		b.Fatalf("%s: no result", m.Name)
	}
	return float64(binary.NativeEndian.Uint64(text[:])) / 1000
}

// time is the client: the median of trips, or of what a trip took in each round.
func (c contest) time(e End, out, in []byte, per, rounds int) (float64, error) {
	begin := time.Now()
	var failed error
	f, flushes := e.(Flusher) // once: to look costs as much as a message through memory
	trip := func() {
		if err := e.Send(out); err != nil {
			failed = err
		}
		if flushes {
			f.Flush()
		}
		if err := e.Receive(in); err != nil {
			failed = err
		}
	}
	if c.mode == "thr" {
		trip = func() { failed = errors.Join(failed, e.Send(out)) }
	}
	for range per/5 + 100 {
		trip()
	}
	if c.mode == "pct" {
		samples := make([]time.Duration, per)
		for i := range samples {
			before := time.Since(begin)
			trip()
			samples[i] = time.Since(begin) - before
		}
		slices.Sort(samples)
		return float64(samples[per/2]), failed
	}
	results := make([]float64, rounds)
	for i := range results {
		before := time.Since(begin)
		for range per {
			trip()
		}
		results[i] = float64(time.Since(begin)-before) / float64(per)
	}
	if flushes {
		f.Flush()
	}
	slices.Sort(results)
	return results[rounds/2], failed
}

// pin binds the calling thread to a processor; where the goroutine has none of its own, all threads that there are.
func pin(m *Means, cpu int) {
	var set unix.CPUSet
	set.Set(cpu)
	if m.Style == Raw {
		unix.SchedSetaffinity(0, &set)
		return
	}
	threads, _ := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		if tid, err := strconv.Atoi(t.Name()); err == nil {
			unix.SchedSetaffinity(tid, &set)
		}
	}
}
