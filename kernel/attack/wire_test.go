package attack

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/zmtp/zmtptest"
)

// partner is a socket type that may connect to the channel.
func partner(c connection.Channel) string {
	if c == connection.IOPub {
		return "SUB"
	}
	return "DEALER"
}

// everywhere calls f for each channel.
func (k *kernel) everywhere(f func(c connection.Channel, endpoint string)) {
	for _, c := range connection.Channels() {
		f(c, k.info.Endpoint(c))
	}
}

func silentPeers(t *testing.T, k *kernel) {
	k.everywhere(func(_ connection.Channel, endpoint string) {
		for range 10 {
			zmtptest.Dial(t, endpoint) // stays open until the test ends
		}
	})
}

func randomBytes(t *testing.T, k *kernel) {
	random := rand.NewChaCha8([32]byte{2})
	k.everywhere(func(c connection.Channel, endpoint string) {
		for i := range 100 {
			b := make([]byte, 2000)
			random.Read(b)
			if i%4 == 0 { // beyond the handshake
				b = append(append(zmtptest.Greeting(), zmtptest.Ready(partner(c), "")...), b...)
			}
			p := zmtptest.Dial(t, endpoint)
			p.Send(b)
			p.Close()
		}
	})
}

func hugeFrames(t *testing.T, k *kernel) {
	before := k.resident(t)
	for _, size := range []uint64{1 << 62, 1 << 63, 1 << 40} {
		k.everywhere(func(c connection.Channel, endpoint string) {
			early := zmtptest.Dial(t, endpoint)
			early.Greet()
			early.Send(zmtptest.LongHeader(zmtptest.Cmd, size))
			early.ExpectHangUp()
			for _, flags := range []byte{0, zmtptest.More, zmtptest.Cmd} {
				late := zmtptest.DialAs(t, endpoint, partner(c), "")
				late.Send(zmtptest.LongHeader(flags, size))
				late.ExpectHangUp()
			}
		})
	}
	if grown := k.resident(t) - before; grown > 64<<20 {
		t.Errorf("the kernel has grown by %d MiB", grown>>20)
	}
}

func cutReady(t *testing.T, k *kernel) {
	k.everywhere(func(_ connection.Channel, endpoint string) {
		for _, properties := range []string{
			"\x0bSocket-Type", "\x0bSocket-Type\x00\x00", "\x0bSocket-Type\x00\x00\x00\x06DEAL", "\x0bSocket-Type\xff\xff\xff\xffDEALER",
			"\xff", "\x00", "", zmtptest.Property("Socket-Type", "NONSENSE"), zmtptest.Property("Socket-Type", "DEALER") + "\x08Identit",
		} {
			p := zmtptest.Dial(t, endpoint)
			p.Greet()
			p.Send(zmtptest.Command("READY", properties))
			p.ExpectHangUp()
		}
	})
}

func pings(t *testing.T, k *kernel) {
	k.everywhere(func(c connection.Channel, endpoint string) {
		p := zmtptest.DialAs(t, endpoint, partner(c), "")
		p.Send(bytes.Repeat(zmtptest.Command("PING", "\x00\x64hello"), 100))
		for range 100 {
			if flags, body, err := p.Frame(); err != nil || flags != zmtptest.Cmd || body != "\x04PONGhello" {
				t.Fatalf("%s: flags %d, %q, error %v", c, flags, body, err)
			}
		}
	})
}

func bareHeartbeats(t *testing.T, k *kernel) {
	for _, beat := range []string{"ping", "", "|ping", "a|b|c"} {
		p := zmtptest.DialAs(t, k.info.Endpoint(connection.Heartbeat), "DEALER", "")
		p.Send(zmtptest.Message(strings.Split(beat, "|")...))
		if got := p.Recv(nil); got != beat {
			t.Errorf("sent %q, got %q", beat, got)
		}
	}
}

// disconnects cuts off a request, signed and in order, in many places.
func disconnects(t *testing.T, k *kernel) {
	whole := zmtptest.Message(signed(t, message.ExecuteRequest{Code: "attacks += 1000"})...)
	for n := 0; n < len(whole); n += 13 {
		for _, c := range []connection.Channel{connection.Shell, connection.Control, connection.Stdin} {
			p := zmtptest.DialAs(t, k.info.Endpoint(c), "DEALER", "")
			p.Send(whole[:n])
			p.Close()
		}
	}
}

// twins has two peers use one identity: only the newer gets replies.
func twins(t *testing.T, k *kernel) {
	shell := k.info.Endpoint(connection.Shell)
	older := zmtptest.DialAs(t, shell, "DEALER", "twin")
	newer := zmtptest.DialAs(t, shell, "DEALER", "twin")
	older.ExpectHangUp()
	newer.Send(zmtptest.Message(signed(t, message.KernelInfoRequest{})...))
	if got := newer.Recv(nil); !strings.Contains(got, "kernel_info_reply") {
		t.Errorf("got %.200q", got)
	}
}

// deafDealer asks for far more than buffers and the queue for it hold, and reads
// nothing.
func deafDealer(t *testing.T, k *kernel) {
	p := zmtptest.DialAs(t, k.info.Endpoint(connection.Shell), "DEALER", "deaf")
	big := message.ExecuteRequest{Silent: true, UserExpressions: map[string]string{}}
	for i := range 16 {
		big.UserExpressions[strconv.Itoa(i)] = `strings.Repeat("x", 64<<10)`
	}
	for range 40 {
		p.Send(zmtptest.Message(signed(t, big)...))
	}
	k.awaitSaid(t, "cut off")
	p.ExpectHangUp()
}
