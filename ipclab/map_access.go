package ipclab

import (
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// FileAccessOptions are what FileAccess may be told. The zero value is good.
type FileAccessOptions struct {
	Folder string // where the file is made; "" means that for temporary files (os.TempDir)
	Size   int    // of the file, in bytes, a multiple of Block; 0 means 8 MiB
	Block  int    // bytes that are written or read at a time; 0 means 64
}

// A FileAccessTable compares ways to write and read a file.
type FileAccessTable struct{ rows []FileAccessRow }

// A FileAccessRow is one way: every block of the file was written or read once.
type FileAccessRow struct {
	Operation   string // "write" or "read"
	Order       string // of the blocks: "sequential" or "random"
	By          string // the call: "write(2)", "pwrite(2)", "read(2)", "pread(2)" or "mmap(2)"
	Block       int    // bytes
	Blocks      int
	Calls       int // system calls that write or read; with mmap(2), that map and unmap
	MinorFaults int // page faults that needed no disk
	MajorFaults int // page faults that waited for the disk
	Took        time.Duration
}

// Bounds of the experiment.
const (
	accessSizeUsual  = 8 << 20
	accessSizeMost   = 1 << 30
	accessBlockUsual = 64
	accessBlocksMost = 1 << 24
)

// FileAccess compares write(2) and read(2), and pwrite(2) and pread(2), with a mapping, block by block from the
// beginning and in random order, and counts page faults. Each write goes to a new file, and each read comes from one that is in memory. A system call
// enters the operating system for each block, and copies; the first access to a page of a mapping is a page fault, in
// which the operating system puts the page there, and each further one is an access to memory and nothing else. Small
// blocks make the difference. Nothing is forced to the disk.
//
// The file has no name (O_TMPFILE), so that none is left even if this process is killed.
//
// Errors: EINVAL for options out of range (a file of up to 1 GiB and 16 million blocks), ENOSPC where there is no room,
// and those of Open for the folder.
func FileAccess(options ...FileAccessOptions) (*FileAccessTable, error) {
	o, err := accessOptions(options)
	if err != nil {
		return nil, &Error{Call: "FileAccess", Arg: "options", Err: err}
	}
	run := newAccessRun(o)
	t := &FileAccessTable{}
	for _, way := range accessWays {
		row, err := run.measure(way)
		if err != nil {
			return nil, &Error{Call: "FileAccess", Arg: fmt.Sprintf("%s, %s, %s", way.operation, way.order, way.by), Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// accessOptions checks the options and puts in what is usual.
func accessOptions(options []FileAccessOptions) (FileAccessOptions, error) {
	var o FileAccessOptions
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	if o.Folder == "" {
		o.Folder = os.TempDir()
	}
	o.Size, o.Block = orUsual(o.Size, accessSizeUsual), orUsual(o.Block, accessBlockUsual)
	switch {
	case o.Size < 1 || o.Size > accessSizeMost:
		return o, because(unix.EINVAL, "a file of %d bytes: want 1 to %d", o.Size, accessSizeMost)
	case o.Block < 1 || o.Size%o.Block != 0:
		return o, because(unix.EINVAL, "blocks of %d bytes: want 1 or more, of which %d bytes are a multiple", o.Block, o.Size)
	case o.Size/o.Block > accessBlocksMost:
		return o, because(unix.EINVAL, "%d blocks: want at most %d", o.Size/o.Block, accessBlocksMost)
	}
	return o, nil
}

// Rows returns a row for each way, as tidy data.
func (t *FileAccessTable) Rows() []FileAccessRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *FileAccessTable) Table() *Table {
	table := NewTable("operation", "order", "by", "block", "blocks", "system calls", "minor faults", "major faults", "time", "per block", "throughput").
		Units("", "", "", "bytes", "", "", "", "", "ms", "ns", "MB/s").Caption("Writing and reading a file by system calls and by a mapping")
	for _, r := range t.Rows() {
		seconds := max(r.Took, 1).Seconds()
		table.Row(r.Operation, r.Order, r.By, r.Block, r.Blocks, r.Calls, r.MinorFaults, r.MajorFaults, r.Took,
			r.Took/time.Duration(max(r.Blocks, 1)), math.Round(float64(r.Block*r.Blocks)/seconds/1e6))
	}
	return table.Note(fmt.Sprintf("A page has %d bytes. A fault may bring several pages that are in memory already, so reading has fewer.", os.Getpagesize()))
}

// String returns the table as text.
func (t *FileAccessTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *FileAccessTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
