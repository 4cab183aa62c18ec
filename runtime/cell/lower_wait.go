package cell

import "go/types"

// Methods of the standard library that wait are called by way of the host, which
// ends the wait when the cell is interrupted.

// waits are the methods, and the functions of the host for them. Those take the
// receiver as their first argument.
var waits = map[string]string{
	"(*sync.WaitGroup).Wait":             "WaitGroup",
	"(*sync.Mutex).Lock":                 "Lock",
	"(*sync.RWMutex).Lock":               "WriteLock",
	"(*sync.RWMutex).RLock":              "ReadLock",
	"(*sync.Cond).Wait":                  "WaitCond",
	"(*os.File).Read":                    "ReadFile",
	"(*os.File).Write":                   "WriteFile",
	"(net.Conn).Read":                    "ReadConn",
	"(net.Conn).Write":                   "WriteConn",
	"(*net.conn).Read":                   "ReadConn",
	"(*net.conn).Write":                  "WriteConn",
	"(net.Listener).Accept":              "Accept",
	"(*net.TCPListener).Accept":          "Accept",
	"(*net.TCPListener).AcceptTCP":       "AcceptTCP",
	"(*net.UnixListener).Accept":         "Accept",
	"(*net.UnixListener).AcceptUnix":     "AcceptUnix",
	"(net.PacketConn).ReadFrom":          "ReadFrom",
	"(*net.UDPConn).ReadFrom":            "ReadFrom",
	"(*net.UnixConn).ReadFrom":           "ReadFrom",
	"(*net.UDPConn).ReadFromUDP":         "ReadFromUDP",
	"(*net.UnixConn).ReadFromUnix":       "ReadFromUnix",
	"(*net.UnixConn).ReadMsgUnix":        "ReadMsgUnix",
	"(*net.UDPConn).ReadFromUDPAddrPort": "ReadFromUDPAddrPort",
}

// waitCall writes the call of a method that waits, "" for any other. x is what it
// is selected from, of type t.
func (e *emitter) waitCall(x string, t types.Type, index []int, m *types.Func, args string) string {
	f, ok := waits[m.FullName()]
	if !ok {
		return ""
	}
	x, t = e.follow(x, t, index[:len(index)-1])
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
		x = address(x)
	}
	return e.l.host() + "." + f + "(" + join(x, args) + ")"
}
