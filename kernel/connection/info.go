package connection

import (
	"net"
	"strconv"
)

// Transports that a connection file may name.
const (
	TCP = "tcp" // ports are TCP port numbers
	IPC = "ipc" // ports are suffixes of UNIX domain socket paths
)

// SchemeHMACSHA256 is the only signature scheme the kernel knows.
const SchemeHMACSHA256 = "hmac-sha256"

// Channel is one of the five sockets of a kernel.
type Channel int

// The channels of the messaging protocol.
const (
	Shell     Channel = iota // requests (ROUTER)
	IOPub                    // output to everybody (XPUB)
	Stdin                    // input requests of the kernel (ROUTER)
	Control                  // requests that must not wait for a cell (ROUTER)
	Heartbeat                // echo (ROUTER)
)

// Channels lists all five, in the order of their constants.
func Channels() [5]Channel { return [5]Channel{Shell, IOPub, Stdin, Control, Heartbeat} }

// String gives the name used in connection files: shell, iopub, stdin, control
// or hb.
func (c Channel) String() string {
	switch c {
	case Shell:
		return "shell"
	case IOPub:
		return "iopub"
	case Stdin:
		return "stdin"
	case Control:
		return "control"
	case Heartbeat:
		return "hb"
	}
	return "Channel(" + strconv.Itoa(int(c)) + ")"
}

// Info is the content of a connection file.
type Info struct {
	Transport string // TCP or IPC
	// IP is the address to bind for TCP: an IP literal, a host name, or "*" for
	// every interface. For IPC it is the common beginning of the socket paths.
	IP string

	ShellPort, IOPubPort, StdinPort, ControlPort, HBPort int // 1 to 65535, all different

	Key             string // the HMAC key as bytes of this string; empty: messages are not signed
	SignatureScheme string // SchemeHMACSHA256
	KernelName      string // name of the kernelspec, may be empty
}

// Port gives the number of channel c as the file has it, 0 for a channel that
// does not exist.
func (i *Info) Port(c Channel) int {
	if p := i.port(c); p != nil {
		return *p
	}
	return 0
}

func (i *Info) port(c Channel) *int {
	switch c {
	case Shell:
		return &i.ShellPort
	case IOPub:
		return &i.IOPubPort
	case Stdin:
		return &i.StdinPort
	case Control:
		return &i.ControlPort
	case Heartbeat:
		return &i.HBPort
	}
	return nil
}

// Endpoint gives the ZeroMQ endpoint of channel c: "tcp://IP:PORT" (an IPv6
// address in brackets) or "ipc://IP-PORT", as jupyter_client forms them.
func (i *Info) Endpoint(c Channel) string {
	port := strconv.Itoa(i.Port(c))
	if i.Transport == IPC {
		return "ipc://" + i.IP + "-" + port
	}
	return "tcp://" + net.JoinHostPort(i.IP, port)
}
