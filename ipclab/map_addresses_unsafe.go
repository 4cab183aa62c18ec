package ipclab

import (
	"os"
	"runtime/debug"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An addressesRun is the experiment TwoAddresses.
type addressesRun struct{ file FD }

// addressesShared is what is in the file.
type addressesShared struct {
	pointer uint64 // the address of number, in the first mapping
	offset  int64  // where number is in the file
	number  int64
	other   struct { // what the other process found
		mapped, pointer uint64
		inside, fault   bool
		found, atOffset int64
	}
}

// run makes the file, the mappings and the process, and leaves none of them.
func (a *addressesRun) run() ([]TwoAddressesRow, error) {
	var err error
	if a.file, err = MemfdCreate("ipclab", unix.MFD_CLOEXEC); err != nil {
		return nil, err
	}
	defer a.file.Close()
	if err := Ftruncate(a.file, int64(os.Getpagesize())); err != nil {
		return nil, err
	}
	first, err := a.mapping()
	if err != nil {
		return nil, err
	}
	defer first.Unmap()
	second, err := a.mapping()
	if err != nil {
		return nil, err
	}
	defer second.Unmap()
	var s *addressesShared
	if err := first.View(0, &s); err != nil {
		return nil, err
	}
	s.offset, s.number = int64(unsafe.Offsetof(s.number)), 5000
	s.pointer = uint64(first.Address()) + uint64(s.offset)
	one, err := a.look("this one, first mapping", first)
	if err != nil {
		return nil, err
	}
	two, err := a.look("this one, second mapping", second)
	if err != nil {
		return nil, err
	}
	three, err := a.ask(s, first, second)
	return []TwoAddressesRow{one, two, three}, err
}

// mapping maps the file.
func (a *addressesRun) mapping() (*Mapping, error) {
	return Map(a.file, 0, 0, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// look follows the address and the offset that it finds in a mapping.
func (a *addressesRun) look(process string, m *Mapping) (row TwoAddressesRow, err error) {
	var s *addressesShared
	if err := m.View(0, &s); err != nil {
		return row, err
	}
	row = TwoAddressesRow{Process: process, Mapped: m.Address(), Pointer: uintptr(s.pointer), Offset: s.offset}
	row.Inside = row.Pointer >= row.Mapped && row.Pointer < row.Mapped+uintptr(m.Len())
	row.Found, row.Fault = follow(row.Pointer)
	var number *int64
	if err := m.View(int(s.offset), &number); err != nil {
		return row, err
	}
	row.AtOffset = *number
	return row, nil
}

// ask looks in another process, where the file is mapped anew and the mappings of this one are not.
func (a *addressesRun) ask(s *addressesShared, ours ...*Mapping) (row TwoAddressesRow, err error) {
	const limit = 10 * time.Second
	other, err := forkMapper(func() { failIf(a.answer(ours)) })
	if err != nil {
		return row, err
	}
	defer end(other)
	if err := awaitAll([]*child{other}, limit); err != nil {
		return row, err
	}
	o := s.other
	return TwoAddressesRow{Process: "another one", Mapped: uintptr(o.mapped), Pointer: uintptr(o.pointer), Inside: o.inside, Fault: o.fault,
		Found: o.found, Offset: s.offset, AtOffset: o.atOffset}, nil
}

// answer is the other process.
func (a *addressesRun) answer(ours []*Mapping) error {
	for _, m := range ours {
		if err := m.Unmap(); err != nil {
			return err
		}
	}
	m, err := a.mapping()
	if err != nil {
		return err
	}
	row, err := a.look("", m)
	if err != nil {
		return err
	}
	var s *addressesShared
	if err := m.View(0, &s); err != nil {
		return err
	}
	o := &s.other
	o.mapped, o.pointer, o.inside, o.fault = uint64(row.Mapped), uint64(row.Pointer), row.Inside, row.Fault
	o.found, o.atOffset = row.Found, row.AtOffset
	return nil
}

// follow returns what is at an address. Nothing is known of it: it came out of a file.
func follow(address uintptr) (number int64, fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	p := *(*unsafe.Pointer)(unsafe.Pointer(&address)) // a stranger's address is what this is about
	return *(*int64)(p), false
}
