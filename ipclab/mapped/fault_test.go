package mapped

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestFaultsInMappedFiles is about mappings of two pages of a file that has become one page long: an access to the second
// page is SIGBUS, whatever the protection.
func TestFaultsInMappedFiles(t *testing.T) {
	const beyond = "beyond the end of the mapped file (SIGBUS)"
	page := uintptr(os.Getpagesize())
	for _, c := range []struct {
		name       string
		protection int
		after      func(path string) error // with the file's name
		want       string
	}{
		{"", unix.PROT_READ | unix.PROT_WRITE, nil, beyond},
		{"for reading", unix.PROT_READ, nil, beyond},
		{"removed", unix.PROT_READ | unix.PROT_WRITE, os.Remove, beyond},
		{"for reading, removed", unix.PROT_READ, os.Remove, beyond},
		{"another of its name", unix.PROT_READ | unix.PROT_WRITE, another, beyond},
		{"no access", unix.PROT_NONE, nil, "protection ---s, which does not permit the access (SIGSEGV)"},
		{"long again", unix.PROT_READ | unix.PROT_WRITE, func(path string) error { return os.Truncate(path, 1<<20) }, "is the disk full?"},
		{"for reading, long again", unix.PROT_READ, func(path string) error { return os.Truncate(path, 1<<20) }, "protection r--s"},
	} {
		path := filepath.Join(t.TempDir(), "file")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.Truncate(int64(page)); err != nil {
			t.Fatal(err)
		}
		r, err := New(int(f.Fd()), 0, 2*int(page), c.protection, unix.MAP_SHARED)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		if c.after != nil {
			if err := c.after(path); err != nil {
				t.Fatal(err)
			}
		}
		if got := meaning(r.Address() + page); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// another puts a longer file in the place of one.
func another(path string) error {
	longer := path + "2"
	if err := os.WriteFile(longer, make([]byte, 1<<20), 0o600); err != nil {
		return err
	}
	return os.Rename(longer, path)
}

func TestFault(t *testing.T) {
	r, err := New(-1, 0, 100, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	b := r.Bytes()
	if err := r.Release(); err != nil {
		t.Fatal(err)
	}
	var value any
	func() {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() { value = recover() }()
		b[8]++
	}()
	want := fmt.Sprintf("runtime error: invalid memory address %#x: a mapping of 100 bytes was there and has been unmapped (SIGSEGV)", r.Address()+8)
	if got, ok := Fault(value); !ok || got != want {
		t.Errorf("%q, %v; want %q", got, ok, want)
	}
	for _, other := range []any{nil, "text", os.ErrNotExist, runtime.Error(new(runtime.TypeAssertionError))} {
		if text, ok := Fault(other); ok {
			t.Errorf("%v is a fault: %s", other, text)
		}
	}
}

func TestFaultsSayWhatTheAddressIs(t *testing.T) {
	b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	addr := uintptr(unsafe.Pointer(&b[0]))
	if got := meaning(addr); !strings.Contains(got, "protection r--p") {
		t.Errorf("mapped for reading: %s", got)
	}
	if err := unix.Munmap(b); err != nil {
		t.Fatal(err)
	}
	if got := meaning(addr); !strings.Contains(got, "nothing is mapped there (SIGSEGV)") {
		t.Errorf("unmapped: %s", got)
	}
	fd, err := unix.MemfdCreate("short", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	b, err = unix.Mmap(fd, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(b) }()
	if got := meaning(uintptr(unsafe.Pointer(&b[0]))); !strings.Contains(got, "(SIGBUS)") {
		t.Errorf("beyond the end: %s", got)
	}
}
