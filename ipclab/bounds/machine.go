package bounds

import (
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Machine returns the memory of the machine in bytes, or what this process's control group leaves of it.
func Machine() uint64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return math.MaxUint64
	}
	return min(uint64(info.Totalram)*uint64(info.Unit), groupLimit(os.DirFS("/")))
}

// groupLimit is the least of the limits on memory of this process's control group and of those above it, in either
// version of control groups; see cgroups(7). In a container its group may be shown by its name outside, where there is
// nothing: then the root of what is mounted counts, which is the container's own group.
func groupLimit(root fs.FS) uint64 {
	limit := uint64(math.MaxUint64)
	for name := range strings.Lines(readText(root, "proc/self/cgroup")) {
		_, rest, _ := strings.Cut(strings.TrimSpace(name), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case controllers == "":
			limit = min(limit, above(root, "sys/fs/cgroup", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			limit = min(limit, above(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return limit
}

// above is the least number in the files of that name in folder/group and every folder up to the first.
func above(root fs.FS, folder, group, name string) uint64 {
	limit := uint64(math.MaxUint64)
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		text := strings.TrimSpace(readText(root, path.Join(folder, group, name)))
		if n, err := strconv.ParseUint(text, 10, 64); err == nil { // or "max"
			limit = min(limit, n)
		}
		if group == "/" {
			return limit
		}
	}
}

// readText reads a file; one that cannot be read is empty.
func readText(root fs.FS, name string) string {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return string(text)
}
