package zmtp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
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
	for _, e := range r.endpoints() {
		for range 5 {
			dial(t, e)
		}
		half := dial(t, e)
		half.send(greetingBytes()[:11])
		dripping := dial(t, e)
		go func() { // a byte now and then must not prolong the handshake
			for _, b := range greetingBytes() {
				if _, err := dripping.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}()
		dripping.expectHangUp()
		half.expectHangUp()
	}
}

func randomBytes(t *testing.T, r *rig) {
	random := rand.NewChaCha8([32]byte{1})
	for _, e := range r.endpoints() {
		for range 100 {
			b := make([]byte, 1000)
			random.Read(b)
			c := dial(t, e)
			c.send(b)
			c.Close()
		}
		for range 20 { // after a handshake that is in order
			b := make([]byte, 1000)
			random.Read(b)
			c := dial(t, e)
			c.send(greetingBytes())
			c.send((&ready{"DEALER", ""}).frame())
			c.send(b)
			c.Close()
		}
	}
}

func hugeFrame(t *testing.T, r *rig, size uint64) {
	for i, e := range r.endpoints() {
		instead := dial(t, e)
		instead.greet()
		instead.send(longHeader(flagCommand, size))
		instead.expectHangUp()
		for _, flags := range []byte{0, flagMore, flagCommand} {
			after := dialAs(t, e, [...]string{"DEALER", "SUB", "REQ"}[i], "")
			after.send(longHeader(flags, size))
			after.expectHangUp()
		}
	}
}

func cutReady(t *testing.T, r *rig) {
	body := (&ready{"DEALER", "abc"}).frame()[9:]
	for n := range len(body) {
		c := dial(t, r.router.Endpoint())
		c.greet()
		c.send(frame(flagCommand, string(body[:n])))
		// Cut between two properties it is whole, as long as the type is there.
		if n == len("\x05READY\x0bSocket-Type....DEALER") {
			c.expectReady()
			continue
		}
		c.expectHangUp()
	}
}

func wrongReady(t *testing.T, r *rig) {
	socketType := appendProperty(nil, propertyType, "DEALER")
	for _, properties := range [][]byte{
		nil,
		appendProperty(nil, propertyType, ""),
		appendProperty(nil, propertyType, "NONSENSE"),
		appendProperty(nil, propertyType, "SUB"), // not for a router
		appendProperty(socketType, "", "no name"),
		appendProperty(socketType, propertyIdentity, strings.Repeat("i", 256)),
		appendProperty(socketType, propertyIdentity, "\x00\x00\x00\x00\x01"),
		append(socketType, 3, 'X', '-', 'Y', 0xff, 0xff, 0xff, 0xff),
	} {
		c := dial(t, r.router.Endpoint())
		c.greet()
		c.send(command("READY", string(properties)))
		c.expectHangUp()
	}
	for _, first := range [][]byte{command("HELLO", ""), command("ERROR", "\x03bad"), message("hi"), frame(flagCommand, "\x09READY"), frame(flagCommand, "")} {
		c := dial(t, r.router.Endpoint())
		c.greet()
		c.send(first)
		c.expectHangUp()
	}
	// Names in other letters, in another order, with unknown ones between: in order.
	c := dial(t, r.router.Endpoint())
	c.greet()
	c.send(command("READY", string(appendProperty(appendProperty(appendProperty(nil, "IDENTITY", "me"), "X-\xff", "?"), "socket-TYPE", "REQ"))))
	c.expectReady()
	c.send(message("", "hello"))
	if got := c.recv(nil); got != "|hello" {
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
		g := greetingBytes()
		change(g)
		c := dial(t, r.router.Endpoint())
		c.send(g)
		c.expectHangUp()
	}
}

func protocolErrors(t *testing.T, r *rig) {
	for _, b := range [][]byte{
		{0x80, 0},                                // reserved flag
		{flagCommand | flagMore, 1, 0},           // command with more
		frame(flagCommand, ""),                   // command without a name
		frame(flagCommand, "\x05PI"),             // cut name
		command("PING", "\x00"),                  // cut time to live
		command("PING", strings.Repeat("x", 19)), // context of 17 bytes
		longHeader(flagCommand, maxCommand+1),    // long command
		append(frame(flagMore, "x"), longHeader(0, uint64(quick.MaxMessage))...), // sum
	} {
		c := dialAs(t, r.router.Endpoint(), "DEALER", "")
		c.send(b)
		c.expectHangUp()
	}
	c := dialAs(t, r.router.Endpoint(), "DEALER", "")
	c.send(command("UNHEARD-OF", "x")) // is passed over
	c.send(message("still", "here"))
	if got := c.recv(nil); got != "still|here" {
		t.Errorf("got %q", got)
	}
}

func tooManyFrames(t *testing.T, r *rig) {
	c := dialAs(t, r.router.Endpoint(), "DEALER", "")
	go c.send(bytes.Repeat(frame(flagMore, ""), 9000))
	c.expectHangUp()
}

func disconnect(t *testing.T, r *rig) {
	whole := message("first", strings.Repeat("y", 300), "last")
	for n := range len(whole) {
		c := dialAs(t, r.router.Endpoint(), "DEALER", "")
		c.send(whole[:n])
		c.Close()
	}
}

// deafDealer asks for much more than a queue holds, and reads nothing.
func deafDealer(t *testing.T, r *rig) {
	c := dialAs(t, r.router.Endpoint(), "DEALER", "deaf")
	big := message(strings.Repeat("z", 1<<20))
	for range 40 {
		if _, err := c.Write(big); err != nil {
			break // hung up already
		}
	}
	waitGone(t, func() bool { return r.router.Send([]byte("deaf"), [][]byte{{}}) == nil })
}

func deafHeartbeat(t *testing.T, r *rig) {
	c := dialAs(t, r.hb.Endpoint(), "DEALER", "")
	beat := message("", strings.Repeat("b", 60<<10))
	for {
		if _, err := c.Write(beat); err != nil {
			return // hung up
		}
	}
}

func waitGone(t *testing.T, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); there(); {
		if time.Now().After(deadline) {
			t.Error("the peer is still there")
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func twins(t *testing.T, r *rig) {
	older := dialAs(t, r.router.Endpoint(), "DEALER", "twin")
	older.send(message("1"))
	if got := older.recv(nil); got != "1" {
		t.Errorf("the older got %q", got)
	}
	newer := dialAs(t, r.router.Endpoint(), "DEALER", "twin")
	older.expectHangUp()
	newer.send(message("2"))
	if got := newer.recv(nil); got != "2" {
		t.Errorf("the newer got %q", got)
	}
	// The end of the older must not take the identity from the newer.
	if err := r.router.Send([]byte("twin"), [][]byte{[]byte("3")}); err != nil {
		t.Error(err)
	}
	if got := newer.recv(nil); got != "3" {
		t.Errorf("the newer got %q", got)
	}
}

func ping(t *testing.T, r *rig) {
	for i, e := range r.endpoints() {
		if i == 1 {
			continue // a publisher sends nothing back that could be waited for
		}
		c := dialAs(t, e, "DEALER", "")
		var commands []string
		c.send(command("PING", "\x00\x0a"))
		c.send(command("PING", "\x00\x0acontext"))
		c.send(frame(flagMore, "a"))
		c.send(command("PING", "\x00\x0abetween")) // libzmq does so
		c.send(command("PONG", "x"))               // is passed over
		c.send(frame(0, "b"))
		if got := c.recv(&commands); got != "a|b" {
			t.Errorf("got message %q", got)
		}
		if got, want := fmt.Sprintf("%q", commands), `["PONG" "PONGcontext" "PONGbetween"]`; got != want {
			t.Errorf("got commands %s, want %s", got, want)
		}
	}
	c := dialAs(t, r.pub.Endpoint(), "SUB", "")
	c.send(command("PING", "\x00\x0asub"))
	flags, size, err := c.in.header()
	if err != nil {
		t.Fatal(err)
	}
	if body, err := c.in.body(size); err != nil || flags != flagCommand || string(body) != "\x04PONGsub" {
		t.Errorf("got flags %d, %q, error %v", flags, body, err)
	}
}

func bareHeartbeat(t *testing.T, r *rig) {
	for _, beat := range []string{"ping", "", "|", "|ping", "||", "a|b|c"} {
		c := dialAs(t, r.hb.Endpoint(), "DEALER", "")
		c.send(message(strings.Split(beat, "|")...))
		if got := c.recv(nil); got != beat {
			t.Errorf("sent %q, got %q", beat, got)
		}
	}
}

func manySubscriptions(t *testing.T, r *rig) {
	many := dialAs(t, r.pub.Endpoint(), "SUB", "")
	go func() {
		for i := range maxTopics + 1 {
			many.send(message(fmt.Sprintf("\x01topic %d", i)))
		}
	}()
	many.expectHangUp()
	long := dialAs(t, r.pub.Endpoint(), "SUB", "")
	long.send(message("\x01" + strings.Repeat("t", maxTopic+1)))
	long.expectHangUp()
}

func manyConnections(t *testing.T, r *rig) {
	o := quick
	o.MaxPeers, o.Log = 3, t.Logf
	few, err := ListenRouter(endpoint(t, "tcp"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	var first []*raw
	for range 3 {
		first = append(first, dialAs(t, few.Endpoint(), "DEALER", ""))
	}
	dial(t, few.Endpoint()).expectHangUp()
	first[0].Close()
	waitGone(t, func() bool { few.Socket.mu.Lock(); defer few.Socket.mu.Unlock(); return len(few.conns) == 3 })
	dialAs(t, few.Endpoint(), "DEALER", "")
}
