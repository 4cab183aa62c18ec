package ipclab

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/internal/sockdiag"
	"ipclab/ipclab/mime"
)

// A Diagram is a picture of processes and what connects them at one moment: a box for each process with the numbers of its
// descriptors, and lines from these to pipes, FIFOs, sockets and files, with heads where data go. A cell that ends in one
// shows it; exported notebooks keep it in SVG, PNG or PDF.
type Diagram struct{ drawing render.Diagram }

// Diagram draws the table: what connects processes, and which end is open where. What is no more than the way to the notebook
// or the terminal, as standard output often is, is written into the process's box, without a line.
//
//	table, err := ipclab.Descriptors()
//	table.Diagram()
func (t *DescriptorTable) Diagram() *Diagram {
	d := &Diagram{drawing: render.Diagram{Title: "Processes and their descriptors"}}
	if t == nil {
		return d
	}
	b := &diagramBuilder{drawing: &d.drawing, boxes: map[int]int{}, channels: map[string]int{}, connections: connections(), outside: map[descriptorOf]bool{}}
	b.fds = slices.DeleteFunc(slices.Clone(t.fds), func(f proc.Descriptor) bool {
		return !t.all && slices.ContainsFunc(t.rows, func(r DescriptorRow) bool { return r.hidden && r.Pid == f.Pid && int(r.FD) == f.Number })
	})
	for _, pid := range t.pids {
		b.boxes[pid] = len(d.drawing.Boxes)
		d.drawing.Boxes = append(d.drawing.Boxes, render.Box{Name: fmt.Sprintf("%d %s", pid, t.names[pid])})
	}
	for _, r := range t.rows {
		b.outside[descriptorOf{r.Pid, int(r.FD)}] = r.Other != "" && r.Other != "nobody"
	}
	b.build()
	d.drawing.Notes = slices.Clone(t.notes)
	return d
}

// A diagramBuilder draws descriptors.
type diagramBuilder struct {
	drawing     *render.Diagram
	fds         []proc.Descriptor
	boxes       map[int]int    // by process
	channels    map[string]int // by name
	connections map[uint64]string
	outside     map[descriptorOf]bool // pipes whose other end some process holds
}

// A descriptorOf is a descriptor of a process.
type descriptorOf struct{ pid, number int }

func (b *diagramBuilder) build() {
	aside := map[int][]proc.Descriptor{}
	for _, f := range b.fds {
		if b.isAside(f) {
			aside[f.Pid] = append(aside[f.Pid], f)
			continue
		}
		b.drawing.Links = append(b.drawing.Links, render.Link{
			Box: b.boxes[f.Pid], Channel: b.channel(b.name(f)), Number: f.Number, Reads: f.Readable(), Writes: f.Writable(),
		})
	}
	for pid, fds := range aside {
		b.drawing.Boxes[b.boxes[pid]].Lines = asideLines(fds)
	}
	for i := range b.drawing.Channels {
		b.drawing.Channels[i].About = b.about(i)
	}
}

// channel returns the channel of a name.
func (b *diagramBuilder) channel(name string) int {
	i, ok := b.channels[name]
	if !ok {
		i = len(b.drawing.Channels)
		b.channels[name] = i
		b.drawing.Channels = append(b.drawing.Channels, render.Channel{Name: name})
	}
	return i
}

// name names what a descriptor refers to, both ends by one name.
func (b *diagramBuilder) name(f proc.Descriptor) string {
	switch {
	case f.Type() == unix.S_IFIFO:
		name, _, _ := strings.Cut(f.Describe(), ", ")
		return name
	case f.Type() == unix.S_IFSOCK && b.connections[f.File.Inode] != "":
		return b.connections[f.File.Inode]
	case f.Info.Event != 0:
		return fmt.Sprintf("eventfd %d", f.Info.Event)
	}
	return f.Describe()
}

// isAside reports whether a descriptor is no connection: a device, a directory, or a way to the outside under one of the numbers
// of the standard streams, or a copy of that.
func (b *diagramBuilder) isAside(f proc.Descriptor) bool {
	switch f.Type() {
	case unix.S_IFCHR, unix.S_IFDIR, unix.S_IFBLK:
		return true
	case unix.S_IFIFO, unix.S_IFSOCK:
		return b.leadsOutside(f)
	case unix.S_IFREG:
		return false
	}
	return f.Info.Event == 0 // what has no type is the kernel's own: epoll instances, timers, pidfds
}

// leadsOutside reports whether the other end of a pipe or socket is nowhere in the picture, but is open in another process, or
// would be a standard stream's.
func (b *diagramBuilder) leadsOutside(f proc.Descriptor) bool {
	name := b.name(f)
	outside, reads, writes, ends := b.outside[descriptorOf{f.Pid, f.Number}], false, false, map[uint64]bool{}
	for _, other := range b.fds {
		if other.Type() != f.Type() || b.name(other) != name {
			continue
		}
		outside = outside || other.Number <= unix.Stderr
		reads, writes = reads || other.Readable(), writes || other.Writable()
		ends[other.File.Inode] = true
	}
	whole := reads && writes
	if f.Type() == unix.S_IFSOCK {
		whole = len(ends) > 1
	}
	return outside && !whole
}

// asideLines says in a few lines what they refer to: "0: /dev/null", "1, 2: pipe to the outside".
func asideLines(fds []proc.Descriptor) (lines []string) {
	const most = 4
	var names []string
	numbers := map[string][]string{}
	for _, f := range fds {
		name, _, _ := strings.Cut(f.Describe(), ", ")
		switch f.Type() {
		case unix.S_IFIFO:
			name = "pipe to the outside"
		case unix.S_IFSOCK:
			name = "socket to the outside"
		}
		if numbers[name] == nil {
			names = append(names, name)
		}
		numbers[name] = append(numbers[name], fmt.Sprint(f.Number))
	}
	for _, name := range names {
		lines = append(lines, strings.Join(numbers[name], ", ")+": "+name)
	}
	if len(lines) > most {
		lines = append(lines[:most-1], fmt.Sprintf("and %d more", len(lines)-most+1))
	}
	return lines
}

// about says what follows where an end of a pipe is open nowhere.
func (b *diagramBuilder) about(channel int) string {
	name := b.drawing.Channels[channel].Name
	reads, writes := false, false
	for _, l := range b.drawing.Links {
		if l.Channel == channel {
			reads, writes = reads || l.Reads, writes || l.Writes
		}
	}
	switch isPipe := strings.HasPrefix(name, "pipe ") || strings.HasPrefix(name, "FIFO "); {
	case isPipe && !writes:
		return "no write end is open here"
	case isPipe && !reads:
		return "no read end is open here"
	}
	return ""
}

// connections names the sockets that are connected, both ends alike, and those that have a name.
func connections() map[uint64]string {
	out := map[uint64]string{}
	local, _ := sockdiag.ListUnix()
	for _, s := range local {
		switch {
		case s.Peer != 0:
			out[s.Inode] = fmt.Sprintf("sockets %d and %d", min(s.Inode, s.Peer), max(s.Inode, s.Peer))
		case s.Name != "":
			out[s.Inode] = "socket " + s.Name
		}
	}
	over, _ := sockdiag.ListTCP()
	for _, s := range over {
		if s.Inode == 0 {
			continue
		}
		ends := []string{s.Local.String(), s.Peer.String()}
		slices.Sort(ends)
		out[s.Inode] = "TCP " + strings.Join(ends, " and ")
		if s.State == "LISTEN" {
			out[s.Inode] = "TCP listening at " + s.Local.String()
		}
	}
	return out
}

// String returns the picture as text: for each channel, who writes and who reads, with their descriptors.
func (d *Diagram) String() string { return d.picture().Plain() }

// MIMEBundle returns the picture as text/plain, image/svg+xml, image/png and application/pdf.
func (d *Diagram) MIMEBundle() mime.Bundle { return drawn(d.picture()) }

func (d *Diagram) picture() render.Diagram {
	if d == nil {
		return render.Diagram{}
	}
	return d.drawing
}
