package ipclab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sockdiag"
)

// Bind gives the socket an address, by which others find it. Addresses are text:
//   - of AF_UNIX, a path of at most 107 bytes: a file of type socket is made, with the permissions that the umask leaves
//     of 0o777. It stays when the socket is closed: remove it by os.Remove, or nobody can bind to the path again. A longer
//     path can be reached from a descriptor of its folder, as /proc/self/fd/N/name.
//   - of AF_UNIX, "@" and an abstract name of at most 106 bytes, which is no file, has no permissions, and is gone when the
//     socket is closed in all processes; "@" alone lets the kernel choose one, which Getsockname tells. ("./@x" is a file.)
//   - of AF_INET and AF_INET6, an address and a port: "127.0.0.1:8080", "[::1]:8080", "localhost:8080", or ":8080" for all
//     addresses of this machine. Port 0 lets the kernel choose a free one, which Getsockname tells.
//
// Errors: EADDRINUSE if the address is in use, with who holds it as far as /proc tells, or if the path exists, whatever it
// names; EACCES for a folder that may not be written to, or for a port below 1024 without privilege; EADDRNOTAVAIL for
// an address that is not this machine's; ENOENT for a folder that is not there; ENOSPC; ENAMETOOLONG; EINVAL for a socket that has
// an address already, or text that is none; EAFNOSUPPORT, EBADF, ENOTSOCK. See bind(2), unix(7) and ip(7).
func (fd FD) Bind(address string) error {
	own, domain, err := fd.address(address)
	if err == nil {
		err = unix.Bind(int(fd), own)
	}
	if err != nil {
		return &Error{Call: "bind", Arg: fmt.Sprintf("%v to %s", fd, address), Err: fd.bindReason(address, domain, err)}
	}
	return nil
}

// bindReason says what an errno of bind(2) means for this address.
func (fd FD) bindReason(address string, domain int, err error) error {
	errno, ok := err.(unix.Errno)
	if !ok {
		return err
	}
	switch {
	case errno == unix.EADDRINUSE:
		return fd.nameInUse(address)
	case errno == unix.EINVAL:
		return because(errno, "the socket has an address already; make another")
	case errno == unix.EADDRNOTAVAIL:
		return because(errno, "that is no address of this machine")
	case errno == unix.EACCES && domain == unix.AF_UNIX:
		return because(errno, "folder %s may not be written to", filepath.Dir(address))
	case errno == unix.EACCES:
		return because(errno, "ports below 1024 are for privileged processes; port 0 lets the kernel choose")
	case errno == unix.ENOSPC:
		return because(errno, "the file system of folder %s has no room for another file", filepath.Dir(address))
	case domain == unix.AF_UNIX:
		return pathReason(address, errno)
	}
	return errno
}

// nameInUse says who has the address, with EADDRINUSE.
func (fd FD) nameInUse(address string) error {
	text := ""
	switch domain, _ := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); {
	case domain != unix.AF_UNIX:
		text = fd.networkUser(address)
	case strings.HasPrefix(address, "@"):
		text = unixUser(func(s sockdiag.Unix) bool { return s.Name == address })
	default:
		text = pathUser(address)
	}
	if text == "" {
		return unix.EADDRINUSE
	}
	return because(unix.EADDRINUSE, "%s", text)
}

// pathUser says what is at a path at which a socket was to be.
func pathUser(path string) string {
	var st unix.Stat_t
	switch err := unix.Lstat(path, &st); {
	case err != nil:
		return ""
	case st.Mode&unix.S_IFMT != unix.S_IFSOCK:
		return "a file of that name is there, and it is no socket; choose another name"
	}
	if user := unixUser(func(s sockdiag.Unix) bool { return s.IsFile(&st) }); user != "" {
		return user
	}
	if staleSocket(path, &st) == nil {
		return "a socket file of that name is there, and nobody listens on it: its server has gone; BindOver takes such a name over"
	}
	return "a socket of that name is in use"
}

// unixUser says who holds the socket that is meant, "" if there is none.
func unixUser(meant func(sockdiag.Unix) bool) string {
	all, _ := sockdiag.ListUnix()
	for _, s := range all {
		if meant(s) {
			return "a socket has that name, " + socketHeldBy(s.Inode)
		}
	}
	return ""
}

// socketHeldBy says which processes have descriptors of a socket.
func socketHeldBy(inode uint64) string {
	holders, _ := sockdiag.Holders(inode)
	var parts []string
	for _, h := range holders[inode] {
		who := "process " + h.String()
		if h.Pid == os.Getpid() {
			who = fmt.Sprintf("this process (descriptor %d)", h.FD)
		}
		parts = append(parts, who)
	}
	if len(parts) == 0 {
		return "held by a process that may not be looked into"
	}
	return "held by " + strings.Join(parts, ", ")
}
