package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
)

// TestFaultsInMappedFiles is about mappings of two pages of a file that has become
// one page long: an access to the second page is SIGBUS, whatever the protection.
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
		b, err := unix.Mmap(int(f.Fd()), 0, 2*int(page), c.protection, unix.MAP_SHARED)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unix.Munmap(b) }()
		if c.after != nil {
			if err := c.after(path); err != nil {
				t.Fatal(err)
			}
		}
		if got := string(faultAt(uintptr(unsafe.Pointer(&b[0])) + page)); !strings.Contains(got, c.want) {
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

func TestFaultsSayWhatWasUnmapped(t *testing.T) {
	r, err := mapped.New(-1, 0, 100, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	addr := r.Address()
	if err := r.Release(); err != nil {
		t.Fatal(err)
	}
	if got := string(faultAt(addr + 8)); !strings.Contains(got, "a mapping of 100 bytes was there and has been unmapped (SIGSEGV)") {
		t.Error(got)
	}
}
