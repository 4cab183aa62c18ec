// Package history keeps the input of cells across kernels, as the messaging
// protocol's history requests want it: sessions, each with numbered lines.
//
// The store is one file of JSON lines to which every kernel of the user
// appends, one write a cell, under a lock (flock(2)). It is not a database: it
// keeps the last few thousand cells and is read whole. The hazard: other
// kernels append at the same time, so nothing read is the last word.
package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// An Entry is one cell that was run.
type Entry struct {
	Session int    `json:"session"` // from 1; one life of a kernel
	Line    int    `json:"line"`    // execution count
	Input   string `json:"input"`
	Output  string `json:"output,omitempty"` // the result as plain text
}

const (
	// maxFile is the size in bytes beyond which the older half is dropped.
	maxFile = 8 << 20
	// maxEntry bounds what is stored of one cell's input or output, in bytes.
	maxEntry = 256 << 10
)

// A Store is the history file. Its methods may be called by several goroutines.
type Store struct {
	mu      sync.Mutex
	path    string
	session int // 0 until the first Append gives it a number
}

// Open makes a store of the file at path, which need not exist.
func Open(path string) *Store { return &Store{path: path} }

// Append adds a cell to the current session, which it begins if this is the
// first.
func (s *Store) Append(line int, input, output string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(input) > maxEntry {
		return fmt.Errorf("history: a cell of %d bytes is not kept", len(input))
	}
	if len(output) > maxEntry {
		output = ""
	}
	return s.locked(func(f *os.File) error {
		if s.session == 0 {
			if err := s.begin(f); err != nil {
				return err
			}
		}
		text, err := json.Marshal(Entry{s.session, line, input, output})
		if err != nil {
			return err
		}
		_, err = f.Write(append(text, '\n'))
		return err
	})
}

// begin gives this store the number after the last session's. The caller holds
// the lock on the file.
func (s *Store) begin(f *os.File) error {
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	last := 0
	for line := range bytes.Lines(text) {
		last = max(last, sessionOf(line))
	}
	s.session = last + 1
	if len(text) <= maxFile {
		return nil
	}
	entries, err := read(f)
	if err != nil {
		return err
	}
	return rewrite(f, entries[len(entries)/2:])
}

// sessionOf gives the session of an entry's line, 0 if it is none. Of what a
// Store wrote it looks at the first field alone: a history of megabytes is not
// to hold up a cell.
func sessionOf(line []byte) int {
	if rest, ok := bytes.CutPrefix(line, []byte(`{"session":`)); ok {
		if number, _, ok := bytes.Cut(rest, []byte(",")); ok {
			if n, err := strconv.Atoi(string(number)); err == nil {
				return n
			}
		}
	}
	var e Entry
	if json.Unmarshal(line, &e) != nil {
		return 0
	}
	return e.Session
}

// rewrite replaces the content of the file, in place, since other kernels have
// it open.
func rewrite(f *os.File, entries []Entry) error {
	var text bytes.Buffer
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		text.Write(append(line, '\n'))
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.Write(text.Bytes())
	return err
}

// locked runs f with the file open for appending and locked against others.
func (s *Store) locked(f func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	file, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer file.Close()
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("history: lock %s: %w", s.path, err)
	}
	if err := f(file); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// all reads every entry, oldest first, and the number of the current session.
func (s *Store) all() ([]Entry, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.session, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	entries, err := read(f)
	if err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	return entries, s.session, nil
}

// read gives the entries of the file; a line that is none, such as one that a
// full disk cut short, is passed over.
func read(f *os.File) (entries []Entry, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		var e Entry
		if json.Unmarshal(line, &e) == nil && e.Session > 0 {
			entries = append(entries, e)
		}
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
