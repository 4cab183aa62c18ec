package zmtp

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// listen binds an endpoint: "tcp://HOST:PORT", where HOST may be "*" or empty
// for all interfaces and PORT 0 for any, or "ipc://PATH". It gives the endpoint
// as bound and, for ipc, the socket file made.
func listen(endpoint string) (net.Listener, string, []File, error) {
	transport, address, ok := strings.Cut(endpoint, "://")
	switch {
	case ok && transport == "tcp":
		l, err := listenTCP(address)
		if err != nil {
			return nil, "", nil, fmt.Errorf("zmtp: %s: %w", endpoint, err)
		}
		return l, "tcp://" + l.Addr().String(), nil, nil
	case ok && transport == "ipc":
		l, file, err := listenUnix(address)
		if err != nil {
			return nil, "", nil, fmt.Errorf("zmtp: %s: %w", endpoint, err)
		}
		return l, endpoint, []File{file}, nil
	}
	return nil, "", nil, fmt.Errorf("zmtp: endpoint %q: expected tcp://HOST:PORT or ipc://PATH", endpoint)
}

func listenTCP(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == "*" {
		host = ""
	}
	var c net.ListenConfig
	c.SetMultipathTCP(false) // Go's default; costs time and brings nothing here
	return c.Listen(context.Background(), "tcp", net.JoinHostPort(host, port))
}
