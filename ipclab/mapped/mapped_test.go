package mapped

import (
	"errors"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// region maps a new file in memory.
func region(t *testing.T, length, flags int) *Region {
	t.Helper()
	fd, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, 1<<20); err != nil {
		t.Fatal(err)
	}
	r, err := New(fd, 0, length, unix.PROT_READ|unix.PROT_WRITE, flags)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faults tells whether f touches memory that is not there.
func faults(f func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	f()
	return false
}

func TestReleasedMemoryFaults(t *testing.T) {
	r := region(t, 100, unix.MAP_SHARED)
	b, address := r.Bytes(), r.Address()
	b[99] = 1
	if _, gone := Gone(address); gone || len(b) != 100 {
		t.Errorf("%d bytes at %#x, gone: %v", len(b), address, gone)
	}
	if err := r.Release(); err != nil {
		t.Fatal(err)
	}
	if !faults(func() { b[0]++ }) {
		t.Error("released memory can be written to")
	}
	if why, gone := Gone(address + 99); !gone || !strings.Contains(why, "100 bytes was there and has been unmapped") {
		t.Errorf("Gone: %q, %v", why, gone)
	}
}

func TestValuesAreInTheRegion(t *testing.T) {
	r := region(t, 4096, unix.MAP_SHARED)
	defer r.Release()
	r.At(8, reflect.TypeFor[int32]()).Elem().SetInt(1<<24 + 2)
	r.Slice(12, 2, reflect.TypeFor[uint8]()).Index(1).SetUint(7)
	want := []byte{2, 0, 0, 1, 0, 7}
	if got := r.Bytes()[8:14]; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestGrowthThatMoves fills the addresses behind a region, so that it has to move, and looks that those from which it
// came cannot be used.
func TestGrowthThatMoves(t *testing.T) {
	page := os.Getpagesize()
	r := region(t, 2*page, unix.MAP_SHARED)
	defer r.Release()
	if err := forbid(r.base, 2*page, "test"); err != nil { // a neighbour that is surely there
		t.Fatal(err)
	}
	r2 := region(t, page, unix.MAP_SHARED)
	defer r2.Release()
	if err := remap(r2.base, page, r.base, page, unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED); err != nil {
		t.Fatal(err)
	}
	r2.base = r.base
	old := r2.Bytes()
	old[5] = 42
	moved, err := r2.Resize(10 * page)
	if err != nil || !moved || r2.Bytes()[5] != 42 || r2.Len() != 10*page {
		t.Fatalf("moved: %v, %v; %d bytes, %d", moved, err, r2.Len(), r2.Bytes()[5])
	}
	r2.Bytes()[9*page] = 1
	if !faults(func() { old[5]++ }) {
		t.Error("the old addresses can be written to")
	}
	if why, _ := Gone(uintptr(r.base)); !strings.Contains(why, "resized, and is elsewhere now") {
		t.Errorf("Gone: %q", why)
	}
}

func TestShorter(t *testing.T) {
	page := os.Getpagesize()
	r := region(t, 3*page, unix.MAP_PRIVATE)
	defer r.Release()
	all := r.Bytes()
	all[0] = 9
	moved, err := r.Resize(page + 1)
	if err != nil || moved || r.Len() != page+1 || all[0] != 9 {
		t.Fatalf("moved: %v, %v; %d bytes, %d", moved, err, r.Len(), all[0])
	}
	if faults(func() { all[2*page-1]++ }) || !faults(func() { all[2*page]++ }) {
		t.Error("the second page must be there, the third must not")
	}
	if _, err := r.Resize(3 * page); !errors.Is(err, ErrPrivate) || !errors.Is(err, unix.ENOMEM) {
		t.Errorf("a private region, to grow where its old end is kept: %v", err)
	}
}

// TestQuarantineIsBounded: a loop that maps and unmaps does not use up addresses.
func TestQuarantineIsBounded(t *testing.T) {
	for range mostRanges + 10 {
		r, err := New(-1, 0, 4096, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
		if err == nil {
			err = r.Release()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	gone.Lock()
	defer gone.Unlock()
	if n := len(gone.ranges); n != mostRanges {
		t.Errorf("%d ranges are kept, want %d", n, mostRanges)
	}
}

// TestQuarantineMakesRoom: where there are no addresses for a mapping, those that are kept are given back.
func TestQuarantineMakesRoom(t *testing.T) {
	r, err := New(-1, 0, 1<<20, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err == nil {
		err = r.Release()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(-1, 0, 1<<60, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS); !errors.Is(err, unix.ENOMEM) {
		t.Errorf("2^60 bytes: %v", err)
	}
	if why, ok := Gone(r.Address()); ok {
		t.Errorf("still kept: %s", why)
	}
}

func TestAny(t *testing.T) {
	if Any() {
		t.Fatalf("%d regions left by other tests", present.Load())
	}
	r := region(t, 100, unix.MAP_SHARED)
	if !Any() {
		t.Error("a region is mapped")
	}
	if r.Release(); Any() {
		t.Error("no region is mapped")
	}
	defer foreign.Store(false)
	if Foreign(); !Any() {
		t.Error("other memory is mapped")
	}
}
