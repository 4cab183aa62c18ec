package zmtp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"ipclab/kernel/zmtp/zmtptest"
)

// attacks are what a peer can do to a socket. Each returns when the harm, if
// any, is done.
var attacks = []struct {
	name string
	do   func(t *testing.T, r *rig)
}{
	{"silent peer", silent},
	{"random bytes", randomBytes},
	{"frame of 2^62 bytes", func(t *testing.T, r *rig) { hugeFrame(t, r, 1<<62) }},
	{"frame of 2^63 bytes", func(t *testing.T, r *rig) { hugeFrame(t, r, 1<<63) }},
	{"frame of 2^40 bytes", func(t *testing.T, r *rig) { hugeFrame(t, r, 1<<40) }},
	{"READY cut everywhere", cutReady},
	{"READY that does not fit", wrongReady},
	{"greeting that does not fit", wrongGreeting},
	{"protocol errors", protocolErrors},
	{"too many frames", tooManyFrames},
	{"disconnect in a message", disconnect},
	{"DEALER that stops reading", deafDealer},
	{"heartbeat that is not read", deafHeartbeat},
	{"two peers with one identity", twins},
	{"PING", ping},
	{"heartbeat without delimiter", bareHeartbeat},
	{"too many subscriptions", manySubscriptions},
	{"too many connections", manyConnections},
}

func TestAttacks(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc"} {
		for _, a := range attacks {
			t.Run(transport+"/"+a.name, func(t *testing.T) {
				r := newRig(t, transport, quick)
				healthy := r.connect(t, "healthy")
				healthy.start()
				a.do(t, r)
				healthy.finish(t)
				if err := r.connect(t, "fresh").round(); err != nil {
					t.Errorf("a fresh client: %v", err)
				}
			})
		}
	}
}

func (r *rig) endpoints() []string {
	return []string{r.router.Endpoint(), r.pub.Endpoint(), r.hb.Endpoint()}
}

func silent(t *testing.T, r *rig) {
	var peers []*zmtptest.Peer
	var all sync.WaitGroup
	for _, e := range r.endpoints() {
		for range 5 {
			zmtptest.Dial(t, e)
		}
		half := zmtptest.Dial(t, e)
		half.Send(zmtptest.Greeting()[:11])
		dripping := zmtptest.Dial(t, e)
		all.Go(func() { drip(t, dripping) })
		peers = append(peers, half, dripping)
	}
	for _, p := range peers {
		p.ExpectHangUp()
	}
	all.Wait()
}

// drip sends a byte now and then of a handshake that would take seven times as long as it may: that must not prolong it.
func drip(t *testing.T, p *zmtptest.Peer) {
	for _, b := range append(zmtptest.Greeting(), zmtptest.Ready("DEALER", strings.Repeat("i", 255))...) {
		if _, err := p.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(quick.HandshakeTimeout / 50)
	}
	t.Error("a byte now and then has prolonged the handshake")
}

func randomBytes(t *testing.T, r *rig) {
	random := rand.NewChaCha8([32]byte{1})
	for _, e := range r.endpoints() {
		for range 100 {
			b := make([]byte, 1000)
			random.Read(b)
			c := zmtptest.Dial(t, e)
			c.Send(b)
			c.Close()
		}
		for range 20 { // after a handshake that is in order
			b := make([]byte, 1000)
			random.Read(b)
			c := zmtptest.Dial(t, e)
			c.Send(zmtptest.Greeting())
			c.Send(zmtptest.Ready("DEALER", ""))
			c.Send(b)
			c.Close()
		}
	}
}

func hugeFrame(t *testing.T, r *rig, size uint64) {
	for i, e := range r.endpoints() {
		instead := zmtptest.Dial(t, e)
		instead.Greet()
		instead.Send(zmtptest.LongHeader(zmtptest.Cmd, size))
		instead.ExpectHangUp()
		for _, flags := range []byte{0, zmtptest.More, zmtptest.Cmd} {
			after := zmtptest.DialAs(t, e, [...]string{"DEALER", "SUB", "REQ"}[i], "")
			after.Send(zmtptest.LongHeader(flags, size))
			after.ExpectHangUp()
		}
	}
}

func cutReady(t *testing.T, r *rig) {
	const size = 2 // of a short header
	body := zmtptest.Ready("DEALER", "abc")[size:]
	for n := range len(body) {
		c := zmtptest.Dial(t, r.router.Endpoint())
		c.Greet()
		c.Send(zmtptest.Frame(zmtptest.Cmd, string(body[:n])))
		// Cut between two properties it is whole, as long as the type is there.
		if n == len("\x05READY\x0bSocket-Type....DEALER") {
			c.ExpectReady()
			continue
		}
		c.ExpectHangUp()
	}
}

func wrongReady(t *testing.T, r *rig) {
	property := zmtptest.Property
	dealer := property(propertyType, "DEALER")
	for _, properties := range []string{
		"",
		property(propertyType, ""),
		property(propertyType, "NONSENSE"),
		property(propertyType, "SUB"), // not for a router
		dealer + property("", "no name"),
		dealer + property(propertyIdentity, strings.Repeat("i", 256)),
		dealer + property(propertyIdentity, "\x00\x00\x00\x00\x01"),
		dealer + "\x03X-Y\xff\xff\xff\xff",
	} {
		c := zmtptest.Dial(t, r.router.Endpoint())
		c.Greet()
		c.Send(zmtptest.Command("READY", properties))
		c.ExpectHangUp()
	}
	for _, first := range [][]byte{zmtptest.Command("HELLO", ""), zmtptest.Command("ERROR", "\x03bad"), zmtptest.Message("hi"), zmtptest.Frame(zmtptest.Cmd, "\x09READY"), zmtptest.Frame(zmtptest.Cmd, "")} {
		c := zmtptest.Dial(t, r.router.Endpoint())
		c.Greet()
		c.Send(first)
		c.ExpectHangUp()
	}
	// Names in other letters, in another order, with unknown ones between: in order.
	c := zmtptest.Dial(t, r.router.Endpoint())
	c.Greet()
	c.Send(zmtptest.Command("READY", property("IDENTITY", "me")+property("X-\xff", "?")+property("socket-TYPE", "REQ")))
	c.ExpectReady()
	c.Send(zmtptest.Message("", "hello"))
	if got := c.Recv(nil); got != "|hello" {
		t.Errorf("got %q", got)
	}
}

func wrongGreeting(t *testing.T, r *rig) {
	for _, change := range []func(g []byte){
		func(g []byte) { g[0] = 0 },
		func(g []byte) { g[9] = 0 },
		func(g []byte) { g[10] = 2 }, // version
		func(g []byte) { copy(g[12:], "PLAIN") },
		func(g []byte) { copy(g[12:], strings.Repeat("x", 20)) },
		func(g []byte) { g[32] = 7 }, // as-server
		func(g []byte) { copy(g, "GET / HTTP/1.1\r\n") },
	} {
		g := zmtptest.Greeting()
		change(g)
		c := zmtptest.Dial(t, r.router.Endpoint())
		c.Send(g)
		c.ExpectHangUp()
	}
}

func protocolErrors(t *testing.T, r *rig) {
	for _, b := range [][]byte{
		{0x80, 0},                                         // reserved flag
		{zmtptest.Cmd | zmtptest.More, 1, 0},              // command with more
		zmtptest.Frame(zmtptest.Cmd, ""),                  // command without a name
		zmtptest.Frame(zmtptest.Cmd, "\x05PI"),            // cut name
		zmtptest.Command("PING", "\x00"),                  // cut time to live
		zmtptest.Command("PING", strings.Repeat("x", 19)), // context of 17 bytes
		zmtptest.LongHeader(zmtptest.Cmd, maxCommand+1),   // long command
		append(zmtptest.Frame(zmtptest.More, "x"), zmtptest.LongHeader(0, uint64(quick.MaxMessage))...), // sum
	} {
		c := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "")
		c.Send(b)
		c.ExpectHangUp()
	}
	c := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "")
	c.Send(zmtptest.Command("UNHEARD-OF", "x")) // is passed over
	c.Send(zmtptest.Message("still", "here"))
	if got := c.Recv(nil); got != "still|here" {
		t.Errorf("got %q", got)
	}
}

func tooManyFrames(t *testing.T, r *rig) {
	c := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "")
	go c.Send(bytes.Repeat(zmtptest.Frame(zmtptest.More, ""), 9000))
	c.ExpectHangUp()
}

func disconnect(t *testing.T, r *rig) {
	whole := zmtptest.Message("first", strings.Repeat("y", 300), "last")
	for n := range len(whole) {
		c := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "")
		c.Send(whole[:n])
		c.Close()
	}
}

// deafDealer asks for much more than a queue holds, and reads nothing.
func deafDealer(t *testing.T, r *rig) {
	c := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "deaf")
	big := zmtptest.Message(strings.Repeat("z", 1<<20))
	for range 40 {
		if _, err := c.Write(big); err != nil {
			break // hung up already
		}
	}
	await(t, "the peer has gone", func() bool { return r.router.Send([]byte("deaf"), [][]byte{{}}) != nil })
}

func deafHeartbeat(t *testing.T, r *rig) {
	c := zmtptest.DialAs(t, r.hb.Endpoint(), "DEALER", "")
	beat := zmtptest.Message("", strings.Repeat("b", 60<<10))
	for {
		if _, err := c.Write(beat); err != nil {
			return // hung up
		}
	}
}

// await waits until done.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(zmtptest.Patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("this did not happen: %s", what)
		}
	}
}

func twins(t *testing.T, r *rig) {
	older := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "twin")
	older.Send(zmtptest.Message("1"))
	if got := older.Recv(nil); got != "1" {
		t.Errorf("the older got %q", got)
	}
	newer := zmtptest.DialAs(t, r.router.Endpoint(), "DEALER", "twin")
	older.ExpectHangUp()
	newer.Send(zmtptest.Message("2"))
	if got := newer.Recv(nil); got != "2" {
		t.Errorf("the newer got %q", got)
	}
	// The end of the older must not take the identity from the newer.
	if err := r.router.Send([]byte("twin"), [][]byte{[]byte("3")}); err != nil {
		t.Error(err)
	}
	if got := newer.Recv(nil); got != "3" {
		t.Errorf("the newer got %q", got)
	}
}

func ping(t *testing.T, r *rig) {
	for i, e := range r.endpoints() {
		if i == 1 {
			continue // a publisher sends nothing back that could be waited for
		}
		c := zmtptest.DialAs(t, e, "DEALER", "")
		var commands []string
		c.Send(zmtptest.Command("PING", "\x00\x0a"))
		c.Send(zmtptest.Command("PING", "\x00\x0acontext"))
		c.Send(zmtptest.Frame(zmtptest.More, "a"))
		c.Send(zmtptest.Command("PING", "\x00\x0abetween")) // libzmq does so
		c.Send(zmtptest.Command("PONG", "x"))               // is passed over
		c.Send(zmtptest.Frame(0, "b"))
		if got := c.Recv(&commands); got != "a|b" {
			t.Errorf("got message %q", got)
		}
		if got, want := fmt.Sprintf("%q", commands), `["PONG" "PONGcontext" "PONGbetween"]`; got != want {
			t.Errorf("got commands %s, want %s", got, want)
		}
	}
	c := zmtptest.DialAs(t, r.pub.Endpoint(), "SUB", "")
	c.Send(zmtptest.Command("PING", "\x00\x0asub"))
	flags, body, err := c.Frame()
	if err != nil || flags != zmtptest.Cmd || body != "\x04PONGsub" {
		t.Errorf("got flags %d, %q, error %v", flags, body, err)
	}
}

func bareHeartbeat(t *testing.T, r *rig) {
	for _, beat := range []string{"ping", "", "|", "|ping", "||", "a|b|c"} {
		c := zmtptest.DialAs(t, r.hb.Endpoint(), "DEALER", "")
		c.Send(zmtptest.Message(strings.Split(beat, "|")...))
		if got := c.Recv(nil); got != beat {
			t.Errorf("sent %q, got %q", beat, got)
		}
	}
}

func manySubscriptions(t *testing.T, r *rig) {
	many := zmtptest.DialAs(t, r.pub.Endpoint(), "SUB", "")
	go func() {
		for i := range maxTopics + 1 {
			many.Send(zmtptest.Message(fmt.Sprintf("\x01topic %d", i)))
		}
	}()
	many.ExpectHangUp()
	long := zmtptest.DialAs(t, r.pub.Endpoint(), "SUB", "")
	long.Send(zmtptest.Message("\x01" + strings.Repeat("t", maxTopic+1)))
	long.ExpectHangUp()
}

func manyConnections(t *testing.T, r *rig) {
	o := quick
	o.MaxPeers, o.Log = 3, t.Logf
	few, err := ListenRouter(endpoint(t, "tcp"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	var first []*zmtptest.Peer
	for range 3 {
		first = append(first, zmtptest.DialAs(t, few.Endpoint(), "DEALER", ""))
	}
	zmtptest.Dial(t, few.Endpoint()).ExpectHangUp()
	first[0].Close()
	await(t, "one of three has gone", func() bool {
		few.Socket.mu.Lock()
		defer few.Socket.mu.Unlock()
		return len(few.conns) == 2
	})
	zmtptest.DialAs(t, few.Endpoint(), "DEALER", "")
}
