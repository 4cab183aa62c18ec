package ipclab

// DoorDifferences returns a table of what differs between doors as Solaris has them and doors here. There are no errors.
func DoorDifferences() *Table {
	t := NewTable("subject", "Solaris", "here").Caption("Doors in Solaris and here")
	for _, d := range doorDifferences {
		t.Row(d.subject, d.solaris, d.here)
	}
	return t.Limit(0)
}

var doorDifferences = []struct{ subject, solaris, here string }{
	{"what a door is", "an object of the operating system", "packet sockets (SOCK_SEQPACKET) of the UNIX domain, and a library"},
	{"cost of a call", "the caller's processor goes straight on in a server thread", "a packet there and one back, with the scheduler between"},
	{"opening a path", "open(2)", "DoorOpen; Open gives ENXIO, as for any socket"},
	{"fattach", "mounts the door over any file", "replaces an empty file, or what a dead server left; makes the name if there is none"},
	{"fdetach", "the file below is there again", "the name is gone"},
	{"server has ended", "the path is the plain file again", "the socket file stays; DoorOpen says EBADF, DoorAttach replaces it"},
	{"right to call", "to read the file", "to write to the socket; DoorAttach gives it to those who may read the empty file"},
	{"server threads", "made as they are needed, without a limit", "16 calls of a door at a time, more wait in order; DoorSetParam changes it"},
	{"own threads", "DOOR_PRIVATE, door_server_create, door_bind, door_unbind", "each door has its own; there are no such calls"},
	{"door_return", "leaves the procedure by changing the thread's stack", "leaves it by a panic, so deferred calls are made, and recover sees it"},
	{"procedure fails", "the server process dies", "a panic is told on standard error and ends the call with EINTR"},
	{"caller gets a signal", "door_call fails with EINTR", "the call goes on; interrupting the cell ends it"},
	{"caller gives up", "the server thread is cancelled, unless DOOR_NO_CANCEL", "the procedure always runs to its end; its result is thrown away"},
	{"door_revoke", "the path stays until fdetach", "the path is detached too"},
	{"time limit", "none", "DoorCallWithin"},
	{"large arguments", "mapped or copied from process to process", "above 64 KiB through a sealed memfd; at most 1 GiB"},
	{"descriptors in a call", "as many as the processes may have", "at most 252; what is received is close-on-exec"},
	{"door_info", "also the addresses of procedure and cookie", "without these: they mean nothing in another process"},
	{"DOOR_UNREF", "when one descriptor is left", "when the creator's are left; a detach by another process is not noticed"},
	{"credentials", "door_cred, door_ucred with privileges and zones", "DoorCred: user and group ids and the process"},
	{"another program", "calls the door with door_call", "has to use this package; packets of others are refused"},
}
