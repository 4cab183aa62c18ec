package bench

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What is too much, as parts.
const (
	spreadMost    = 0.25 // between the medians of rounds
	stolenMost    = 0.01 // of the processors' time
	othersMost    = 0.10
	frequencyMost = 0.05 // between the lowest and the highest
)

// A State is what the machine tells about itself at one moment. What is not known is 0 or empty.
type State struct {
	Stolen, Busy, All uint64        // time of all processors in clock ticks since the start: taken by the hypervisor, used, in all
	Own               time.Duration // what the measuring processes have used of it
	Frequencies       []int         // of the processors now, in kHz
	Governor          string        // of the frequency
}

// TickRate is how many ticks /proc/stat counts in a second. See proc_stat(5), USER_HZ.
const TickRate = 100

// ParseStat reads the first line of /proc/stat into s: user, nice, system, idle, iowait, irq, softirq, steal.
func (s *State) ParseStat(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := strings.Fields(string(line))
	const idle, iowait, steal, all = 3, 4, 7, 8
	if len(fields) < 1+all || fields[0] != "cpu" {
		return false
	}
	s.Stolen, s.Busy, s.All = 0, 0, 0
	for i, f := range fields[1 : 1+all] {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return false
		}
		s.All += n
		switch i {
		case steal:
			s.Stolen = n
		case idle, iowait:
		default:
			s.Busy += n
		}
	}
	return true
}

// Spread returns how far apart values are, as a part of their median; 0 for fewer than 2.
func Spread(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	if m := MedianOf(values).Median; m > 0 {
		return (most - least) / m
	}
	return 0
}

// TooFarApart reports whether the medians of rounds are so far apart that the machine was too busy to believe them.
func TooFarApart(medians []float64) bool { return Spread(medians) > spreadMost }

// Warnings says what made the machine a bad place to measure at, between two moments.
func Warnings(before, after State) (list []string) {
	if all := float64(after.All) - float64(before.All); all > 0 {
		stolen := (float64(after.Stolen) - float64(before.Stolen)) / all
		if stolen > stolenMost {
			list = append(list, fmt.Sprintf("The hypervisor took %.0f %% of the processors' time for other machines (steal in /proc/stat): long times are not the mechanism's.", 100*stolen))
		}
		own := (after.Own - before.Own).Seconds() * TickRate
		others := (float64(after.Busy) - float64(before.Busy) - own) / all
		if others > othersMost {
			list = append(list, fmt.Sprintf("Other processes used %.0f %% of the processors meanwhile: long times, p99 and max, are partly theirs.", 100*others))
		}
	}
	if low, high := frequencies(before, after); float64(high-low) > frequencyMost*float64(high) {
		list = append(list, fmt.Sprintf("The processors' frequency was between %d and %d MHz: times differ as much for that alone.", low/1000, high/1000))
	}
	if g := after.Governor; g != "" && g != "performance" {
		list = append(list, fmt.Sprintf("The frequency's governor is %s: the first trips after a pause are slower than with performance.", g))
	}
	return list
}

// frequencies returns the lowest and the highest that were seen.
func frequencies(states ...State) (low, high int) {
	for _, s := range states {
		for _, f := range s.Frequencies {
			if low == 0 || f < low {
				low = f
			}
			high = max(high, f)
		}
	}
	return low, high
}
