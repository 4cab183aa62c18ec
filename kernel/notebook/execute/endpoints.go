package execute

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"ipclab/kernel/connection"
)

// longestSocketPath is that of a UNIX domain socket, in bytes (unix(7): sun_path
// has 108, one for the final NUL).
const longestSocketPath = 107

// privateFolder makes a folder that only this user can enter, for this run.
func privateFolder() (string, error) {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if folder, err := os.MkdirTemp(dir, "ipclab-run-"); err == nil {
			return folder, nil
		}
	}
	return os.MkdirTemp("", "ipclab-run-")
}

// newConnection chooses where the kernel will listen: sockets in folder or, if
// its path is too long for that, free TCP ports of 127.0.0.1.
func newConnection(folder string) (*connection.Info, error) {
	info := &connection.Info{
		Key:             uuid.NewString(),
		SignatureScheme: connection.SchemeHMACSHA256,
		KernelName:      "ipclab",
	}
	ports := []int{1, 2, 3, 4, 5}
	if base := filepath.Join(folder, "s"); len(base)+len("-5") <= longestSocketPath {
		info.Transport, info.IP = connection.IPC, base
	} else {
		info.Transport, info.IP = connection.TCP, "127.0.0.1"
		var err error
		if ports, err = freePorts(len(ports)); err != nil {
			return nil, err
		}
	}
	info.ShellPort, info.IOPubPort, info.StdinPort, info.ControlPort, info.HBPort =
		ports[0], ports[1], ports[2], ports[3], ports[4]
	return info, nil
}

// freePorts gives n different TCP ports that nobody uses now. Another program
// could take one before the kernel does; the kernel says so then.
func freePorts(n int) ([]int, error) {
	var ports []int
	var held []net.Listener
	var failed error
	for range n {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			failed = fmt.Errorf("find a free port: %w", err)
			break
		}
		held = append(held, l)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	for _, l := range held {
		failed = errors.Join(failed, l.Close())
	}
	return ports, failed
}

// address gives network and address of a channel for net.Dial.
func address(info *connection.Info, c connection.Channel) (network, addr string) {
	if info.Transport == connection.IPC {
		return "unix", fmt.Sprintf("%s-%d", info.IP, info.Port(c))
	}
	return "tcp", fmt.Sprintf("%s:%d", info.IP, info.Port(c))
}
