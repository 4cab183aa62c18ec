package ipclab_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

const readWrite = unix.PROT_READ | unix.PROT_WRITE

// mappedFile makes a file of so many bytes, and a descriptor of it for reading and writing.
func mappedFile(t *testing.T, size int64) (path string, fd ipclab.FD) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "shared.dat")
	fd, err := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err == nil {
		t.Cleanup(func() { fd.Close() })
		err = ipclab.Ftruncate(fd, size)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path, fd
}

// mapping maps all of a file, shared.
func mapping(t *testing.T, fd ipclab.FD) *ipclab.Mapping {
	t.Helper()
	m, err := ipclab.Map(fd, 0, 0, readWrite, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Unmap() })
	return m
}

// faultOf returns what an access panics with; nil if it does not.
func faultOf(access func()) (fault any) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() }()
	access()
	return nil
}

// wantError fails the test if err is not this errno with this text.
func wantError(t *testing.T, name string, err error, is unix.Errno, text string) {
	t.Helper()
	var e *ipclab.Error
	if !errors.Is(err, is) || !errors.As(err, &e) || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %v and %q", name, err, is, text)
	}
}

func TestMapErrors(t *testing.T) {
	path, fd := mappedFile(t, 8192)
	_, empty := mappedFile(t, 0)
	reader, err := ipclab.Open(path, unix.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	writer, err := ipclab.Open(path, unix.O_WRONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	r, w := pipe(t)
	defer r.Close()
	defer w.Close()
	for _, c := range []struct {
		name              string
		fd                ipclab.FD
		offset            int64
		length            int
		protection, flags int
		is                unix.Errno
		text              string
	}{
		{"not open", 1 << 20, 0, 1, readWrite, unix.MAP_SHARED, unix.EBADF, "mmap: descriptor 1048576"},
		{"negative", -1, 0, 1, readWrite, unix.MAP_SHARED, unix.EBADF, "mmap: "},
		{"empty", empty, 0, 0, readWrite, unix.MAP_SHARED, unix.EINVAL, "ipclab.Ftruncate makes it longer"},
		{"behind the end", fd, 8192, 0, readWrite, unix.MAP_SHARED, unix.EINVAL, "none of them at offset 8192"},
		{"odd offset", fd, 100, 100, readWrite, unix.MAP_SHARED, unix.EINVAL, "a multiple of the page size"},
		{"negative offset", fd, -4096, 0, readWrite, unix.MAP_SHARED, unix.EINVAL, "offset -4096"},
		{"offset too far", fd, 1<<63 - 4096, 4096, readWrite, unix.MAP_SHARED, unix.EOVERFLOW, "offset"},
		{"negative length", fd, 0, -1, readWrite, unix.MAP_SHARED, unix.EINVAL, "length -1"},
		{"too long", fd, 0, 1<<63 - 1, readWrite, unix.MAP_SHARED, unix.EOVERFLOW, "mmap: "},
		{"neither", fd, 0, 0, readWrite, 0, unix.EINVAL, "want one of unix.MAP_SHARED"},
		{"fixed", fd, 0, 0, readWrite, unix.MAP_SHARED | unix.MAP_FIXED, unix.EINVAL, "Linux chooses the address"},
		{"anonymous", fd, 0, 0, readWrite, unix.MAP_SHARED | unix.MAP_ANONYMOUS, unix.EINVAL, "ipclab.MapAnonymous"},
		{"read only", reader, 0, 0, readWrite, unix.MAP_SHARED, unix.EACCES, "open it with unix.O_RDWR, or map it with unix.PROT_READ"},
		{"write only", writer, 0, 0, unix.PROT_READ, unix.MAP_SHARED, unix.EACCES, "every mapping is read"},
		{"pipe", r, 0, 0, unix.PROT_READ, unix.MAP_SHARED, unix.ENODEV, "only files have"},
		{"pipe with length", r, 0, 10, unix.PROT_READ, unix.MAP_SHARED, unix.ENODEV, "cannot be mapped"},
	} {
		m, err := ipclab.Map(c.fd, c.offset, c.length, c.protection, c.flags)
		if wantError(t, c.name, err, c.is, c.text); m != nil {
			t.Errorf("%s: a mapping, %v", c.name, m)
		}
	}
	for length, is := range map[int]unix.Errno{0: unix.EINVAL, -1: unix.EINVAL, 1 << 60: unix.ENOMEM, 1<<63 - 1: unix.ENOMEM} {
		_, err := ipclab.MapAnonymous(length)
		wantError(t, "anonymous", err, is, "mmap: ")
	}
}

func TestMapShowsTheFile(t *testing.T) {
	path, fd := mappedFile(t, 8192)
	m := mapping(t, fd)
	second, err := ipclab.Map(fd, 4096, 0, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Unmap()
	private, err := ipclab.Map(fd, 0, 10, readWrite, unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer private.Unmap()
	private.Bytes()[0] = 'p'
	copy(m.Bytes(), "hello")
	copy(m.Bytes()[4096:], "world")
	if got := string(second.Bytes()[:5]); got != "world" || second.Len() != 4096 || private.Len() != 10 {
		t.Errorf("the second page has %q; %v; %v", got, second, private)
	}
	if err := m.Sync(); err != nil {
		t.Error(err)
	}
	if err := m.Sync(unix.MS_ASYNC, unix.MS_INVALIDATE); err != nil {
		t.Error(err)
	}
	wantError(t, "flags", m.Sync(unix.MS_SYNC|unix.MS_ASYNC), unix.EINVAL, "msync: mapping at 0x")
	if data, _ := os.ReadFile(path); string(data[:5]) != "hello" || len(data) != 8192 {
		t.Errorf("the file has %q, %d bytes", data[:5], len(data))
	}
	if b := m.Bytes(); cap(b) != len(b) {
		t.Errorf("capacity %d, length %d", cap(b), len(b))
	}
	if faultOf(func() { second.Bytes()[0] = 1 }) == nil {
		t.Error("a mapping for reading can be written to")
	}
	if text := m.String(); !strings.Contains(text, "8192 bytes at 0x") || !strings.HasSuffix(text, "shared, of "+path) {
		t.Errorf("String: %s", text)
	}
}

func TestBeyondTheEndOfTheFile(t *testing.T) {
	_, fd := mappedFile(t, 8192)
	m := mapping(t, fd)
	m.Bytes()[8191] = 1
	if err := ipclab.Ftruncate(fd, 100); err != nil {
		t.Fatal(err)
	}
	if faultOf(func() { m.Bytes()[4095]++ }) != nil {
		t.Error("the page in which the file ends cannot be used")
	}
	if faultOf(func() { m.Bytes()[4096]++ }) == nil {
		t.Error("a page beyond the end can be used")
	}
	child := spawn(t, func() { // a child inherits the mapping, and has no more than the file
		if faultOf(func() { m.Bytes()[4096]++ }) != nil {
			unix.Exit(7)
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 7 {
		t.Errorf("the child %v", status)
	}
}

func TestResize(t *testing.T) {
	_, fd := mappedFile(t, 4096)
	m := mapping(t, fd)
	m.Bytes()[7] = 7
	if err := errors.Join(ipclab.Ftruncate(fd, 1<<20), m.Resize(1<<20)); err != nil {
		t.Fatal(err)
	}
	if b := m.Bytes(); len(b) != 1<<20 || b[7] != 7 {
		t.Errorf("%d bytes, %d", len(b), b[7])
	}
	m.Bytes()[1<<20-1] = 9
	if err := m.Resize(100); err != nil || m.Len() != 100 || m.Bytes()[7] != 7 {
		t.Errorf("%v: %v", m, err)
	}
	wantError(t, "to nothing", m.Resize(0), unix.EINVAL, "mremap: mapping at 0x")
	wantError(t, "negative", m.Resize(-5), unix.EINVAL, "length -5")
	wantError(t, "too long", m.Resize(1<<62), unix.ENOMEM, "mremap: ")
	if m.Len() != 100 || m.Bytes()[7] != 7 {
		t.Errorf("a resize that failed left %v", m)
	}
	a, err := ipclab.MapAnonymous(10)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Unmap()
	wantError(t, "anonymous", a.Resize(11), unix.EINVAL, "use ipclab.MemfdCreate")
	if err := a.Resize(5); err != nil || len(a.Bytes()) != 5 {
		t.Errorf("anonymous, shorter: %v, %v", err, a)
	}
}

func TestUnmap(t *testing.T) {
	_, fd := mappedFile(t, 4096)
	m := mapping(t, fd)
	var p *int64
	if err := m.View(0, &p); err != nil {
		t.Fatal(err)
	}
	if err := m.Unmap(); err != nil {
		t.Fatal(err)
	}
	for name, access := range map[string]func(){
		"read": func() { _ = *p + 1; atomic.LoadInt64(p) }, "write": func() { *p = 1 }, "atomic": func() { atomic.AddInt64(p, 1) },
	} {
		if faultOf(access) == nil {
			t.Errorf("%s through a view after Unmap", name)
		}
	}
	const text = "mapping: it has been unmapped"
	wantError(t, "again", m.Unmap(), unix.EINVAL, text)
	wantError(t, "view", m.View(0, &p), unix.EINVAL, text)
	wantError(t, "sync", m.Sync(), unix.EINVAL, text)
	wantError(t, "resize", m.Resize(1), unix.EINVAL, text)
	if m.Len() != 0 || m.Address() != 0 || m.Bytes() != nil || !strings.Contains(m.String(), "unmapped") {
		t.Errorf("%v", m)
	}
	var none *ipclab.Mapping
	wantError(t, "nil", none.Unmap(), unix.EINVAL, "it is nil")
	if none.Len() != 0 || none.Bytes() != nil || none.String() == "" {
		t.Error("a nil mapping")
	}
}
