package eval

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"os"
	"reflect"
	"syscall"
	"time"
)

// replaced are the functions of a package that cells get in another form: those that
// wait, or make what waits, in one which an interrupt ends (waits.go), and those that
// would leave threads in the process that cannot be used any more (threads.go), and
// those that map memory (mmap.go).
func (h *host) replaced(path string) map[string]reflect.Value {
	functions := map[string]any{}
	switch path {
	case "time":
		functions["Sleep"] = h.sleep
	case "os":
		functions["Open"] = func(name string) (*os.File, error) { return h.openFile(name, os.O_RDONLY, 0) }
		functions["OpenFile"] = h.openFile
	case "net":
		functions["Dial"] = h.dial
		functions["DialTimeout"] = h.dialTimeout
	case "io":
		functions["Copy"] = h.copy
		functions["ReadAll"] = func(r io.Reader) ([]byte, error) { return io.ReadAll(h.source(r)) }
		functions["ReadFull"] = func(r io.Reader, p []byte) (int, error) { return io.ReadFull(h.source(r), p) }
	case "bufio":
		functions["NewReader"] = func(r io.Reader) *bufio.Reader { return bufio.NewReader(h.source(r)) }
		functions["NewReaderSize"] = func(r io.Reader, size int) *bufio.Reader { return bufio.NewReaderSize(h.source(r), size) }
		functions["NewScanner"] = func(r io.Reader) *bufio.Scanner { return bufio.NewScanner(h.source(r)) }
	case "golang.org/x/sys/unix":
		functions["PthreadSigmask"] = pthreadSigmask
		functions["Unshare"] = unshare
		functions["Setns"] = setns
		functions["Mmap"], functions["MmapPtr"], functions["SysvShmAttach"] = mmap, mmapPtr, sysvShmAttach
	case "syscall":
		functions["Unshare"] = unshare
		functions["Mmap"] = mmap
	case "encoding/json":
		functions["NewDecoder"] = func(r io.Reader) *json.Decoder { return json.NewDecoder(h.source(r)) }
	}
	values := map[string]reflect.Value{}
	for name, f := range functions {
		values[name] = reflect.ValueOf(f)
	}
	return values
}

// copy is io.Copy. It does not wrap the source, which may copy itself faster.
func (h *host) copy(to io.Writer, from io.Reader) (n int64, err error) {
	d, ok := from.(reader)
	if !ok {
		return io.Copy(to, from)
	}
	h.during(deadlineOf(from, d.SetReadDeadline), func() { n, err = io.Copy(to, from) })
	return n, err
}

// openFile is os.OpenFile. To open a FIFO waits for the other end.
func (h *host) openFile(name string, flag int, mode fs.FileMode) (f *os.File, err error) {
	r := h.interruptible()
	if r == nil || flag&syscall.O_NONBLOCK != 0 || !isFIFO(name) {
		return os.OpenFile(name, flag, mode)
	}
	opened := make(chan struct{})
	h.beside(r, func() {
		defer close(opened)
		f, err = os.OpenFile(name, flag, mode)
	}, func() { f.Close() }, func() { passFIFO(name, opened) })
	return f, err
}

func (h *host) dial(network, address string) (net.Conn, error) {
	return h.dialTimeout(network, address, 0)
}

func (h *host) dialTimeout(network, address string, limit time.Duration) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := net.Dialer{Timeout: limit}
	h.during(func(time.Time) error { cancel(); return nil }, func() { c, err = d.DialContext(ctx, network, address) })
	return c, err
}

func isFIFO(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}

// fifoLimit bounds the wait for an opening that passFIFO lets go on.
const fifoLimit = time.Second

// passFIFO opens both ends of a FIFO until opened is closed, so that who waits to
// open one of them does not wait any longer.
func passFIFO(name string, opened <-chan struct{}) {
	both, err := os.OpenFile(name, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer both.Close()
	select {
	case <-opened:
	case <-time.After(fifoLimit):
	}
}
