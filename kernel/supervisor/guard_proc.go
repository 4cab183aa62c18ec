package supervisor

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machineMemory is what /proc/meminfo says, in bytes; see proc_meminfo(5).
type machineMemory struct {
	used    uint64 // by everyone, what can be dropped not counted
	shared  uint64 // files in memory and shared mappings
	swapped uint64
}

func readMachineMemory() (m machineMemory, ok bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return m, false
	}
	v := kilobytes(text, "MemTotal", "MemAvailable", "SwapTotal", "SwapFree", "Shmem")
	m.swapped = v[2] - min(v[2], v[3])
	m.used = v[0] - min(v[0], v[1]) + m.swapped
	m.shared = v[4]
	return m, v[0] > 0
}

// kilobytes finds values of the form "Name:   123 kB" and returns them in bytes, 0 for what is not there.
func kilobytes(text []byte, names ...string) []uint64 {
	values := make([]uint64, len(names))
	for line := range bytes.Lines(text) {
		name, rest, _ := bytes.Cut(line, []byte(":"))
		for i, wanted := range names {
			if string(name) == wanted {
				number, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
				n, _ := strconv.ParseUint(string(number), 10, 64)
				values[i] = n << 10
			}
		}
	}
	return values
}

// procFile is the path of a file about a process.
func procFile(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }

var pageSize = uint64(os.Getpagesize())

// anonymous is how much of a process's memory belongs to no file, pages that it shares since a fork included; see
// proc_pid_statm(5). It costs some microseconds.
func anonymous(pid int) uint64 {
	text, err := os.ReadFile(procFile(pid, "statm"))
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 3 {
		return 0
	}
	resident, _ := strconv.ParseUint(string(fields[1]), 10, 64)
	shared, _ := strconv.ParseUint(string(fields[2]), 10, 64)
	return (resident - min(resident, shared)) * pageSize
}

// proportional is a process's part of its memory, each page divided by how many processes have it: of what belongs to
// no file, swapped or not, and of shared memory. It costs a millisecond for some 100 MB. Where it may not be read, what
// anonymous says must do.
func proportional(pid int) (own, shared uint64) {
	text, err := os.ReadFile(procFile(pid, "smaps_rollup"))
	if err != nil {
		return anonymous(pid), 0
	}
	v := kilobytes(text, "Pss_Anon", "SwapPss", "Pss_Shmem")
	return v[0] + v[1], v[2]
}

// openFiles are files in memory that processes hold open, by device and inode.
type openFiles map[[2]uint64]bool

// add returns how much memory the files take that pid holds open and nobody seen before does.
func (o openFiles) add(pid int) (size uint64) {
	folder := procFile(pid, "fd")
	dir, err := os.Open(folder)
	if err != nil {
		return 0
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		file := folder + "/" + name
		target, err := os.Readlink(file)
		if err != nil || !strings.HasPrefix(target, "/memfd:") && !strings.HasPrefix(target, "/dev/shm/") {
			continue
		}
		var s unix.Stat_t
		if unix.Stat(file, &s) != nil || o[[2]uint64{s.Dev, s.Ino}] {
			continue
		}
		o[[2]uint64{s.Dev, s.Ino}] = true
		size += uint64(s.Blocks) * 512
	}
	return size
}
