package ipclab

import (
	"bytes"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/interrupts"
)

// An accessWay is one way to go through a file.
type accessWay struct {
	operation, order, by string
	access               func(*accessRun, []int32) error
}

var accessWays = []accessWay{
	{"write", "sequential", "write(2)", (*accessRun).write},
	{"write", "sequential", "mmap(2)", (*accessRun).store},
	{"write", "random", "pwrite(2)", (*accessRun).pwrite},
	{"write", "random", "mmap(2)", (*accessRun).store},
	{"read", "sequential", "read(2)", (*accessRun).read},
	{"read", "sequential", "mmap(2)", (*accessRun).load},
	{"read", "random", "pread(2)", (*accessRun).pread},
	{"read", "random", "mmap(2)", (*accessRun).load},
}

// An accessRun is the experiment.
type accessRun struct {
	FileAccessOptions
	sequential, random []int32 // the numbers of blocks, in the two orders
	block              []byte
	file               FD
	memory             []byte // of a way by mapping
}

// newAccessRun prepares the orders, the same in each run.
func newAccessRun(o FileAccessOptions) *accessRun {
	a := &accessRun{FileAccessOptions: o, sequential: make([]int32, o.Size/o.Block), block: bytes.Repeat([]byte{1}, o.Block)}
	for i := range a.sequential {
		a.sequential[i] = int32(i)
	}
	a.random = append(a.random, a.sequential...)
	order := rand.New(rand.NewPCG(1, 2))
	order.Shuffle(len(a.random), func(i, j int) { a.random[i], a.random[j] = a.random[j], a.random[i] })
	return a
}

// measure makes a file and goes through it in one way.
func (a *accessRun) measure(way accessWay) (row FileAccessRow, err error) {
	if err := a.makeFile(); err != nil {
		return row, err
	}
	defer a.file.Close()
	if err := a.fill(way.operation == "read"); err != nil {
		return row, err
	}
	blocks := a.sequential
	if way.order == "random" {
		blocks = a.random
	}
	row = FileAccessRow{Operation: way.operation, Order: way.order, By: way.by, Block: a.Block, Blocks: len(blocks), Calls: len(blocks)}
	access := func() error { return way.access(a, blocks) }
	if way.by == "mmap(2)" {
		const mapAndUnmap = 2
		row.Calls = mapAndUnmap
		access = func() error { return a.withMapping(way, blocks) }
	}
	runtime.LockOSThread() // faults are counted for the thread: others are those of the Go runtime
	defer runtime.UnlockOSThread()
	var before, after unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &before); err != nil {
		return row, os.NewSyscallError("getrusage", err)
	}
	begun := time.Now()
	err = access()
	row.Took = time.Since(begun)
	unix.Getrusage(unix.RUSAGE_THREAD, &after)
	row.MinorFaults, row.MajorFaults = int(after.Minflt-before.Minflt), int(after.Majflt-before.Majflt)
	return row, err
}

// makeFile makes a file without a name; where the file system has none, one whose name is removed at once.
func (a *accessRun) makeFile() error {
	const owner = 0o600
	if fd, err := unix.Open(a.Folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, owner); err == nil {
		a.file = FD(fd)
		return nil
	}
	file, err := os.CreateTemp(a.Folder, "ipclab-map-")
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil {
		return err
	}
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	a.file = FD(fd)
	return nil
}

// fill gives the file its length, or writes all of it. Where a disk is full a mapping ends in SIGBUS, so look before.
func (a *accessRun) fill(full bool) error {
	if err := Ftruncate(a.file, int64(a.Size)); err != nil {
		return err
	}
	if full {
		if err := a.write(a.sequential); err != nil {
			return err
		}
		_, err := unix.Seek(int(a.file), 0, unix.SEEK_SET)
		return err
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(a.file), &fs); err == nil && fs.Blocks > 0 && fs.Bavail*uint64(fs.Bsize) < uint64(a.Size) {
		return because(unix.ENOSPC, "%s has room for %d bytes, not for %d", a.Folder, fs.Bavail*uint64(fs.Bsize), a.Size)
	}
	return nil
}

// through calls f with the offset of each block, and ends when the cell is interrupted.
func (a *accessRun) through(blocks []int32, f func(offset int) error) error {
	const look = 1 << 12
	for i, b := range blocks {
		if i%look == 0 {
			interrupts.Check()
		}
		if err := f(int(b) * a.Block); err != nil {
			return err
		}
	}
	return nil
}

// write writes the blocks one after the other.
func (a *accessRun) write(blocks []int32) error {
	return a.through(blocks, func(int) error { return a.whole(unix.Write(int(a.file), a.block)) })
}

// pwrite writes the blocks, each at its offset.
func (a *accessRun) pwrite(blocks []int32) error {
	return a.through(blocks, func(offset int) error { return a.whole(unix.Pwrite(int(a.file), a.block, int64(offset))) })
}

// read reads the blocks one after the other.
func (a *accessRun) read(blocks []int32) error {
	return a.through(blocks, func(int) error { return a.whole(unix.Read(int(a.file), a.block)) })
}

// pread reads the blocks, each at its offset.
func (a *accessRun) pread(blocks []int32) error {
	return a.through(blocks, func(offset int) error { return a.whole(unix.Pread(int(a.file), a.block, int64(offset))) })
}

// whole returns an error for a block that was not transferred as a whole.
func (a *accessRun) whole(n int, err error) error {
	if err == nil && n < a.Block {
		return because(unix.EIO, "%d bytes of a block of %d", n, a.Block)
	}
	return err
}

// store writes the blocks to memory.
func (a *accessRun) store(blocks []int32) error {
	return a.through(blocks, func(offset int) error { copy(a.memory[offset:], a.block); return nil })
}

// load reads the blocks from memory.
func (a *accessRun) load(blocks []int32) error {
	return a.through(blocks, func(offset int) error { copy(a.block, a.memory[offset:]); return nil })
}

// withMapping maps the file around an access.
func (a *accessRun) withMapping(way accessWay, blocks []int32) error {
	m, err := Map(a.file, 0, a.Size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	defer m.Unmap()
	a.memory = m.Bytes()
	return way.access(a, blocks)
}
