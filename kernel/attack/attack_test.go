package attack

import (
	"strings"
	"testing"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/zmtp/zmtptest"
)

var attacks = []struct {
	name string
	do   func(*testing.T, *kernel)
}{
	{"silent peers", silentPeers},
	{"random bytes", randomBytes},
	{"huge frames", hugeFrames},
	{"cut READY", cutReady},
	{"disconnects in a message", disconnects},
	{"PING", pings},
	{"heartbeats without delimiter", bareHeartbeats},
	{"two peers with one identity", twins},
	{"DEALER that stops reading", deafDealer},
	{"unsigned messages", unsigned},
	{"wrong signatures", wronglySigned},
	{"repeated messages", replayed},
	{"malformed messages", malformed},
}

// TestAttacks does all attacks to one kernel, one after the other.
func TestAttacks(t *testing.T) {
	for _, transport := range []string{connection.TCP, connection.IPC} {
		t.Run(transport, func(t *testing.T) {
			k := start(t, transport)
			if _, err := k.print(t, "attacks := 0"); err != nil {
				t.Fatal(err)
			}
			for _, a := range attacks {
				t.Run(a.name, func(t *testing.T) {
					healthy := connect(t, k, "healthy")
					healthy.start()
					a.do(t, k)
					healthy.finish(t)
					if err := connect(t, k, "fresh").round(); err != nil {
						t.Errorf("a fresh client: %v", err)
					}
				})
			}
			// Of all cells that were sent, one was to run, once.
			if got, err := k.print(t, "fmt.Print(attacks)"); got != "1" || err != nil {
				t.Errorf("attacks is %q, error %v, want 1", got, err)
			}
		})
	}
}

// connect connects a client for the rest of the test. Whoever is connected must
// read, or it is cut off itself.
func connect(t *testing.T, k *kernel, name string) *client {
	t.Helper()
	c, err := k.connect(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

// print runs a cell for a client of its own and gives what it wrote.
func (k *kernel) print(t *testing.T, code string) (string, error) {
	t.Helper()
	c, err := k.connect("judge")
	if err != nil {
		return "", err
	}
	defer c.close()
	return c.print(code)
}

// TestDeafSubscriber has a cell after the other write 100 MB altogether, while
// one subscriber does not read. The client that runs the cells gets all of it.
func TestDeafSubscriber(t *testing.T) {
	const cells, writes, size = 7, 240, 64 << 10
	k := start(t, connection.TCP)
	healthy := connect(t, k, "healthy")
	deaf := zmtptest.DialAs(t, k.info.Endpoint(connection.IOPub), "SUB", "")
	deaf.Send(zmtptest.Message("\x01"))
	if got := deaf.Recv(nil); !strings.Contains(got, "iopub_welcome") {
		t.Fatalf("got %.200q", got)
	}
	for i := range cells {
		got := 0
		err := healthy.execute(`for i := 0; i < 240; i++ { fmt.Print(strings.Repeat("x", 64<<10)) }`, func(m *message.Message) {
			var stream message.Stream
			if m.Header.Type == "stream" && m.Decode(&stream) == nil {
				got += len(stream.Text)
			}
		})
		if want := writes * size; err != nil || got != want {
			t.Fatalf("cell %d: %d bytes, error %v, want %d", i, got, err, want)
		}
	}
	deaf.ExpectHangUp()
	if err := healthy.round(); err != nil {
		t.Errorf("the healthy client: %v", err)
	}
	if err := connect(t, k, "fresh").round(); err != nil {
		t.Errorf("a fresh client: %v", err)
	}
	if n := k.resident(t); n > 200<<20 {
		t.Errorf("the kernel has %d MiB", n>>20)
	}
}
