package ipclab

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mapped"
)

// A Mapping is memory that mmap(2) has put into the address space of this process: the bytes of a file, which other
// processes may have mapped too, or memory without a file. Map and MapAnonymous make one; View and Bytes give access to
// it, without a system call and at the speed of other memory.
//
//   - A shared mapping (MAP_SHARED) is the file itself: what one process writes, every other one that maps the file sees
//     at once, and read(2) too. Nothing makes a group of reads and writes one: use package sync/atomic on the words of a
//     View, or a lock.
//   - A private mapping (MAP_PRIVATE) is a copy that is made page by page at the first write; nobody else sees it.
//   - Forked children have the mapping at the same address, and share it if it is shared.
//   - A notebook's rollback and %undo restore variables, among them those that hold mappings and views. What is in
//     shared memory and files stays as it is: other processes may have seen it.
//
// Nothing unmaps it when the variable goes away. After Unmap, views and Bytes made before are of no use: an access is an
// error of the cell (in a compiled program: a panic if debug.SetPanicOnFault(true) was called, else the end), and so is
// one beyond the end of the file, where Linux sends SIGBUS.
//
// Methods may be called by several goroutines at once, apart from Resize and Unmap, which make the memory go away under
// those that use it.
type Mapping struct {
	mu     sync.Mutex
	region *mapped.Region // nil once unmapped
	what   string         // the file, for String
}

// Map maps length bytes of an open file from an offset on, a multiple of the page size (os.Getpagesize(), 4096 as a
// rule). Length 0 means up to the end of the file. protection is unix.PROT_READ, unix.PROT_WRITE or both, joined by |;
// flags is unix.MAP_SHARED or unix.MAP_PRIVATE, joined with others such as MAP_POPULATE, which makes all pages
// be there from the start. The descriptor may be closed afterwards, and the file's name removed: the mapping stays.
//
// The file can be a plain one, one of MemfdCreate or ShmOpen. A new one is empty: Ftruncate makes it long enough first.
// A mapping may be longer than its file, but an access to a page that begins beyond the file's end is an error (SIGBUS),
// as is one to a page for which the file's disk has no room; unix.Fallocate makes sure of the room before.
//
// Errors: EBADF; EACCES for a descriptor that is not open for reading, or not for reading and writing if the mapping is
// shared and to be written; EINVAL for an offset that is not a multiple of the page size, a negative length, an empty
// file with length 0, and flags without MAP_SHARED or MAP_PRIVATE, or that name a place (MAP_FIXED) or no file
// (MAP_ANONYMOUS); ENODEV for what cannot be mapped, a pipe for example; ENOMEM; EPERM for PROT_WRITE on a
// memfd sealed against it. See mmap(2).
func Map(fd FD, offset int64, length int, protection, flags int) (*Mapping, error) {
	number, err := fd.checked()
	if err != nil {
		return nil, fd.failed("mmap", err)
	}
	if length == 0 {
		length, err = restOf(number, offset)
	}
	if err == nil {
		err = mapArguments(offset, length, flags)
	}
	if err != nil {
		return nil, fd.failed("mmap", err)
	}
	region, err := mapped.New(number, offset, length, protection, flags)
	if err != nil {
		return nil, fd.failed("mmap", mapReason(number, protection, flags, err))
	}
	return &Mapping{region: region, what: fileText(number, flags)}, nil
}

// MapAnonymous maps length bytes of memory that belongs to no file, all zero, to be read and written, and shared with
// the children that are forked later. Unrelated processes cannot reach it; MemfdCreate and ShmOpen are for them. It can
// be made shorter by Resize, and not longer.
//
// Errors: EINVAL for a length below 1, ENOMEM. See mmap(2), MAP_SHARED | MAP_ANONYMOUS.
func MapAnonymous(length int) (*Mapping, error) {
	flags := unix.MAP_SHARED | unix.MAP_ANONYMOUS
	var region *mapped.Region
	err := lengthError(length)
	if err == nil {
		region, err = mapped.New(-1, 0, length, unix.PROT_READ|unix.PROT_WRITE, flags)
	}
	if err != nil {
		return nil, &Error{Call: "mmap", Arg: bytesText(length), Err: err}
	}
	return &Mapping{region: region, what: anonymousText}, nil
}

// anonymousText is what a mapping without a file is called.
const anonymousText = "shared, anonymous"

// restOf returns how many bytes of a file are behind an offset.
func restOf(fd int, offset int64) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return 0, because(unix.ENODEV, "what is open there has no length; only files have")
	}
	if st.Size <= offset {
		return 0, because(unix.EINVAL, "the file has %s, none of them at offset %d; ipclab.Ftruncate makes it longer", bytesText(int(st.Size)), offset)
	}
	return int(st.Size - max(offset, 0)), nil
}

// mapArguments returns an error for arguments that are wrong whatever the file.
func mapArguments(offset int64, length, flags int) error {
	const elsewhere = unix.MAP_FIXED | unix.MAP_FIXED_NOREPLACE | unix.MAP_GROWSDOWN
	kind := flags & unix.MAP_TYPE
	switch page := int64(os.Getpagesize()); {
	case offset < 0 || offset%page != 0:
		return because(unix.EINVAL, "offset %d: want a multiple of the page size, %d", offset, page)
	case offset > math.MaxInt64-int64(max(length, 0))-page:
		return because(unix.EOVERFLOW, "offset %d", offset)
	case kind != unix.MAP_SHARED && kind != unix.MAP_PRIVATE && kind != unix.MAP_SHARED_VALIDATE:
		return because(unix.EINVAL, "flags %#x: want one of unix.MAP_SHARED and unix.MAP_PRIVATE", flags)
	case flags&elsewhere != 0:
		return because(unix.EINVAL, "flags %#x: Linux chooses the address here, or the Go runtime's own memory might be replaced", flags)
	case flags&unix.MAP_ANONYMOUS != 0:
		return because(unix.EINVAL, "flags %#x: memory without a file is ipclab.MapAnonymous", flags)
	}
	return lengthError(length)
}

// lengthError returns an error for a length that no mapping can have.
func lengthError(length int) error {
	switch {
	case length < 1:
		return because(unix.EINVAL, "length %d: want at least 1", length)
	case length > math.MaxInt-os.Getpagesize():
		return because(unix.ENOMEM, "length %d", length)
	}
	return nil
}

// mapReason says what an errno of mmap(2) means.
func mapReason(fd, protection, flags int, err error) error {
	errno, ok := err.(unix.Errno)
	if !ok {
		return err
	}
	access, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	access &= unix.O_ACCMODE
	switch {
	case errno == unix.EACCES && access == unix.O_WRONLY:
		return because(errno, "it is open for writing alone, and every mapping is read; open it with unix.O_RDWR")
	case errno == unix.EACCES && access == unix.O_RDONLY && flags&unix.MAP_PRIVATE == 0 && protection&unix.PROT_WRITE != 0:
		return because(errno, "it is open for reading alone; open it with unix.O_RDWR, or map it with unix.PROT_READ alone")
	case errno == unix.ENODEV:
		return because(errno, "what is open there cannot be mapped; files can")
	case errno == unix.EPERM:
		return because(errno, "it is sealed against writing, or its file system forbids the protection asked for")
	}
	return err
}

// fileText names what a mapping shows.
func fileText(fd, flags int) string {
	kind := "shared"
	if flags&unix.MAP_TYPE == unix.MAP_PRIVATE {
		kind = "private"
	}
	if path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); err == nil {
		return kind + ", of " + filepath.Clean(path)
	}
	return kind
}
