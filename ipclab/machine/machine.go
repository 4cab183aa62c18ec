// Package machine says what computer and which software a measurement was made with.
package machine

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Facts are what a reader needs to know to judge a figure, or to measure it again. What is not known is empty.
type Facts struct {
	System         string `json:"system"`                   // "Linux 6.18.44"
	Architecture   string `json:"architecture"`             // "amd64"
	CPU            string `json:"cpu"`                      // the model
	CPUs           int    `json:"cpus"`                     // that this process may use
	Governor       string `json:"governor,omitempty"`       // of the frequency: "performance", "powersave"
	Virtualization string `json:"virtualization,omitempty"` // "kvm", "none"
	Clock          string `json:"clock,omitempty"`          // clock source: "tsc", "kvm-clock"
	MemoryMiB      int    `json:"memory_mib"`
	Go             string `json:"go"`
	Ipclab         string `json:"ipclab"`           // its version
	Commit         string `json:"commit,omitempty"` // of its source, with "+" if that was changed
}

// Read returns the facts of now.
func Read() Facts {
	f := Facts{Architecture: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(), Ipclab: "unknown"}
	f.System, f.MemoryMiB = system()
	info, _ := os.ReadFile("/proc/cpuinfo")
	f.CPU = cpuModel(info)
	f.Virtualization = virtualization(info, line("/sys/hypervisor/type"), line("/sys/class/dmi/id/sys_vendor"))
	f.Governor = line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	f.Clock = line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
	if build, ok := debug.ReadBuildInfo(); ok {
		f.Ipclab, f.Commit = version(build)
	}
	if built != "" {
		f.Ipclab = built
	}
	if f.Commit == "" {
		f.Commit = described(built)
	}
	return f
}

// built is what Built was told.
var built string

// Built says which version this program is, as git describe names it. Its main function calls it first: what the linker was
// told is known there alone, and Go does not put the commit into each binary (see go help buildvcs).
func Built(version string) { built = version }

var commit = regexp.MustCompile(`(?:^|-g)([0-9a-f]{7,40})(-dirty)?$`)

// described returns the commit that git describe named, with "+" if the source was changed; "" if it named none.
func described(version string) string {
	found := commit.FindStringSubmatch(version)
	switch {
	case found == nil:
		return ""
	case found[2] != "":
		return found[1] + "+"
	}
	return found[1]
}

func system() (name string, memoryMiB int) {
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		name = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
	}
	var s unix.Sysinfo_t
	if unix.Sysinfo(&s) == nil {
		memoryMiB = int(uint64(s.Totalram) * uint64(s.Unit) >> 20)
	}
	return name, memoryMiB
}

func line(path string) string {
	text, _ := os.ReadFile(filepath.Clean(path))
	return strings.TrimSpace(string(text))
}

// cpuModel finds the model in /proc/cpuinfo: x86 names it, Arm gives numbers.
func cpuModel(info []byte) string {
	fields := cpuFields(info)
	if name := fields["model name"]; name != "" {
		return name
	}
	if part := fields["CPU part"]; part != "" {
		return "implementer " + fields["CPU implementer"] + ", part " + part
	}
	return ""
}

// cpuFields are those of the first processor.
func cpuFields(info []byte) map[string]string {
	fields := map[string]string{}
	first, _, _ := bytes.Cut(info, []byte("\n\n"))
	for l := range strings.Lines(string(first)) {
		key, value, _ := strings.Cut(l, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return fields
}

// virtualization tells what runs below the system, as far as it can be seen.
func virtualization(info []byte, hypervisor, vendor string) string {
	switch {
	case hypervisor != "":
		return hypervisor
	case strings.Contains(vendor, "QEMU"), strings.Contains(vendor, "VMware"), strings.Contains(vendor, "Microsoft"), strings.Contains(vendor, "innotek"):
		return vendor
	case slices.Contains(strings.Fields(cpuFields(info)["flags"]), "hypervisor"):
		return "yes, kind unknown"
	case len(info) == 0:
		return ""
	}
	return "none seen"
}

func version(build *debug.BuildInfo) (name, revision string) {
	name = build.Main.Version
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)] + revision
		case "vcs.modified":
			if changed, _ := strconv.ParseBool(s.Value); changed {
				revision += "+"
			}
		}
	}
	return name, revision
}
