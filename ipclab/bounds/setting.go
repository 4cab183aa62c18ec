package bounds

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The environment variables that set the bounds.
const (
	MemoryVariable    = "IPCLAB_MEMORY"
	ProcessesVariable = "IPCLAB_PROCESSES"
)

// DefaultProcesses is how many processes there may be at once where nothing else is said.
const DefaultProcesses = 512

// Least values that make sense: the runtime process alone needs some 40 MiB, and a cell that forks needs a child.
const (
	leastMemory    = 64 << 20
	leastProcesses = 2
)

// unbounded is how the variables say that there is no bound.
const unbounded = "none"

// Bounds are the bounds for all processes of one kernel taken together. The greatest value of a field means none.
type Bounds struct {
	Memory    uint64 // bytes
	Processes int    // the runtime process among them
}

// Read takes the bounds from the environment, which getenv looks up, for a machine with memory bytes. A value that
// makes no sense is an error; the bound is then the default.
func Read(getenv func(string) string, memory uint64) (Bounds, error) {
	b := Bounds{Memory: memory / 2, Processes: DefaultProcesses}
	var wrong []error
	if text := getenv(MemoryVariable); text != "" {
		n, err := ParseMemory(text, memory)
		if err == nil {
			b.Memory = n
		} else {
			wrong = append(wrong, fmt.Errorf("%s=%s: %w; the bound is half of the memory, %s", MemoryVariable, text, err, Size(b.Memory)))
		}
	}
	if text := getenv(ProcessesVariable); text != "" {
		n, err := ParseProcesses(text)
		if err == nil {
			b.Processes = n
		} else {
			wrong = append(wrong, fmt.Errorf("%s=%s: %w; the bound is %d", ProcessesVariable, text, err, b.Processes))
		}
	}
	return b, errors.Join(wrong...)
}

// ParseMemory reads an amount of memory: a number with a unit, as 512M, 2G or 1.5GiB, a share of the whole, as 50%, or
// "none". Units are powers of 1024, whether they end in B, i, iB or nothing more, in letters of either case.
func ParseMemory(text string, whole uint64) (uint64, error) {
	trimmed := strings.TrimSpace(text)
	if strings.EqualFold(trimmed, unbounded) {
		return math.MaxUint64, nil
	}
	digits := strings.TrimRight(trimmed, "%BKMGTIbkmgti ")
	unit, ok := unitSize(strings.TrimSpace(trimmed[len(digits):]), whole)
	number, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || strings.ContainsAny(digits, "xXpP_") || math.IsNaN(number) || number < 0 {
		return 0, errors.New("not an amount of memory; write 512M, 2G, 1.5GiB, 50% or none")
	}
	size := number * unit
	switch {
	case size >= 1<<63:
		return 0, errors.New("more than any machine has; write 512M, 2G, 1.5GiB, 50% or none")
	case size < leastMemory:
		return 0, fmt.Errorf("too little: the runtime process needs %s at least", Size(leastMemory))
	}
	return uint64(size), nil
}

// unitSize is how many bytes a unit stands for.
func unitSize(unit string, whole uint64) (float64, bool) {
	if unit == "%" {
		return float64(whole) / 100, true
	}
	letter := strings.ToUpper(unit)
	if len(letter) > 1 {
		letter = strings.TrimSuffix(letter, "B")
	}
	if len(letter) > 1 {
		letter = strings.TrimSuffix(letter, "I")
	}
	power, ok := map[string]int{"": 0, "B": 0, "K": 1, "M": 2, "G": 3, "T": 4}[letter]
	return math.Pow(1024, float64(power)), ok
}

// ParseProcesses reads a number of processes, or "none".
func ParseProcesses(text string) (int, error) {
	trimmed := strings.TrimSpace(text)
	if strings.EqualFold(trimmed, unbounded) {
		return math.MaxInt, nil
	}
	n, err := strconv.Atoi(trimmed)
	switch {
	case err != nil:
		return 0, errors.New("not a number of processes; write 512, for instance, or none")
	case n < leastProcesses:
		return 0, fmt.Errorf("too few: there must be room for %d, the runtime process and a child", leastProcesses)
	}
	return n, nil
}

// Size words a number of bytes: "11.6 GiB", "300 MiB".
func Size(bytes uint64) string {
	size, unit := float64(bytes), 0
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for size >= 1023.95 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	return strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0") + " " + units[unit]
}
