package netns

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/netlink"
)

// An Impairment is what happens to packets that leave a host.
type Impairment struct {
	Delay  time.Duration // of each packet
	Jitter time.Duration // by which the delay varies, up and down
	Loss   float64       // probability that a packet is dropped, 0 to 1
}

// ErrNoNetem is the error for a kernel that has no netem.
var ErrNoNetem = errors.New("this kernel has no netem")

// What follows is of include/uapi/linux/pkt_sched.h.
const (
	handle      = 1 << 16 // 1:0
	root        = 0xffffffff
	requestSize = 20 // struct tcmsg
	optionsSize = 24 // struct tc_netem_qopt
	packets     = 10000
	tick        = 64 * time.Nanosecond
)

// Impair makes the device of a namespace treat what it sends so, by a queue of kind netem. Nothing is done for the zero
// Impairment.
func Impair(ns int, i Impairment) error {
	if i == (Impairment{}) {
		return nil
	}
	c, err := routes(ns)
	if err != nil {
		return err
	}
	defer c.Close()
	index, err := find(c, Device)
	if err != nil {
		return fmt.Errorf("device %s: %w", Device, err)
	}
	_, err = c.Do(unix.RTM_NEWQDISC, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, i.request(index))
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("%w (CONFIG_NET_SCH_NETEM: %s); tried: a queue of kind netem at device %s, by RTM_NEWQDISC: %w", ErrNoNetem, configured(), Device, err)
	}
	if err != nil {
		return fmt.Errorf("a queue of kind netem at device %s, by RTM_NEWQDISC: %w", Device, err)
	}
	return nil
}

// request is a struct tcmsg with the attributes of the queue.
func (i Impairment) request(index int32) []byte {
	m := make([]byte, requestSize)
	order.PutUint32(m[4:], uint32(index))
	order.PutUint32(m[8:], handle)
	order.PutUint32(m[12:], root)
	options := make([]byte, optionsSize)
	order.PutUint32(options[0:], uint32(i.Delay/tick))
	order.PutUint32(options[4:], packets)
	order.PutUint32(options[8:], uint32(math.Round(i.Loss*math.MaxUint32)))
	order.PutUint32(options[20:], uint32(i.Jitter/tick))
	m = append(m, netlink.Text(unix.TCA_KIND, "netem")...)
	return append(m, netlink.Attribute(unix.TCA_OPTIONS, options)...)
}

// configured says what the kernel's configuration has for netem.
func configured() string {
	const most = 4 << 20
	f, err := os.Open("/proc/config.gz")
	if err != nil {
		return "unknown, as there is no /proc/config.gz; modprobe sch_netem may load it"
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return "unknown"
	}
	text, err := io.ReadAll(io.LimitReader(z, most))
	if err != nil {
		return "unknown"
	}
	return setting(string(text))
}

// setting reads a kernel's configuration.
func setting(config string) string {
	for line := range strings.Lines(config) {
		switch strings.TrimSpace(line) {
		case "CONFIG_NET_SCH_NETEM=m":
			return "a module, which modprobe sch_netem loads"
		case "CONFIG_NET_SCH_NETEM=y":
			return "built in, says /proc/config.gz"
		}
	}
	return "not set, says /proc/config.gz: another kernel is needed"
}
