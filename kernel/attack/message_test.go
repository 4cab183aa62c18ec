package attack

import (
	"strings"
	"testing"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/zmtp/zmtptest"
)

// signed gives the frames of a request that is in order.
func signed(t *testing.T, content message.Content) []string {
	t.Helper()
	m, err := message.NewSession("attacker").New(nil, content)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := message.NewCodec(key).Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, f := range frames {
		text = append(text, string(f))
	}
	return text
}

// sign signs the four parts of a message, whatever they are.
func sign(parts ...string) []string {
	var b [][]byte
	for _, p := range parts {
		b = append(b, []byte(p))
	}
	return append([]string{message.Delimiter, string(message.NewSigner([]byte(key)).Sign(b...))}, parts...)
}

// Positions in what signed gives.
const (
	atSignature = 1
	atHeader    = 2
	atContent   = 5
)

// requests are those that would do harm, by channel.
func requests() map[connection.Channel]message.Content {
	return map[connection.Channel]message.Content{
		connection.Shell:   message.ExecuteRequest{Code: "attacks += 1000"},
		connection.Control: message.ShutdownRequest{},
		connection.Stdin:   message.InputReply{Value: "attack"},
	}
}

// tampered sends requests on every channel after change has changed their
// frames, and waits until the kernel has looked at them.
func tampered(t *testing.T, k *kernel, change func(frames []string) []string) {
	t.Helper()
	for channel, content := range requests() {
		p := zmtptest.DialAs(t, k.info.Endpoint(channel), "DEALER", "")
		p.Send(zmtptest.Message(change(signed(t, content))...))
		settle(t, k, p, channel)
	}
}

// settle waits until the kernel has dealt with what p sent, which shows in the
// reply to one request more; for stdin, which has no replies, it makes sure that
// the connection holds.
func settle(t *testing.T, k *kernel, p *zmtptest.Peer, channel connection.Channel) {
	t.Helper()
	if channel == connection.Stdin {
		p.Send(zmtptest.Command("PING", "\x00\x00"))
		if _, body, err := p.Frame(); err != nil || body != "\x04PONG" {
			t.Fatalf("%s: %q, error %v", channel, body, err)
		}
		return
	}
	p.Send(zmtptest.Message(signed(t, message.KernelInfoRequest{})...))
	if got := p.Recv(nil); !strings.Contains(got, "kernel_info_reply") {
		t.Errorf("%s: got %.200q", channel, got)
	}
}

func unsigned(t *testing.T, k *kernel) {
	tampered(t, k, func(f []string) []string { f[atSignature] = ""; return f })
}

func wronglySigned(t *testing.T, k *kernel) {
	for _, signature := range []string{strings.Repeat("0", 64), strings.Repeat("z", 64), "00", strings.Repeat("0", 1<<20)} {
		tampered(t, k, func(f []string) []string { f[atSignature] = signature; return f })
	}
	tampered(t, k, func(f []string) []string { // of another message
		f[atSignature] = signed(t, message.KernelInfoRequest{})[atSignature]
		return f
	})
	tampered(t, k, func(f []string) []string { // with another content
		f[atContent] = strings.Replace(f[atContent], "1000", "2000", 1) + " "
		return f
	})
}

// replayed runs a cell in order, once, and then repeats it word for word.
func replayed(t *testing.T, k *kernel) {
	again := signed(t, message.ExecuteRequest{Code: "attacks++"})
	p := zmtptest.DialAs(t, k.info.Endpoint(connection.Shell), "DEALER", "")
	p.Send(zmtptest.Message(again...))
	if got := p.Recv(nil); !strings.Contains(got, `"status":"ok"`) {
		t.Fatalf("got %.200q", got)
	}
	for range 10 {
		p.Send(zmtptest.Message(again...))
	}
	settle(t, k, p, connection.Shell)
	other := zmtptest.DialAs(t, k.info.Endpoint(connection.Shell), "DEALER", "")
	other.Send(zmtptest.Message(again...))
	settle(t, k, other, connection.Shell)
	again[atSignature] = strings.ToUpper(again[atSignature])
	other.Send(zmtptest.Message(again...))
	settle(t, k, other, connection.Shell)

	// A request seen on one channel is not taken on another.
	info := signed(t, message.KernelInfoRequest{})
	for i, channel := range []connection.Channel{connection.Shell, connection.Control} {
		p := zmtptest.DialAs(t, k.info.Endpoint(channel), "DEALER", "")
		p.Send(zmtptest.Message(info...))
		if i == 0 {
			p.Recv(nil)
		}
		settle(t, k, p, channel)
	}
}

// malformed sends what is signed with the right key and still no sense.
func malformed(t *testing.T, k *kernel) {
	header := signed(t, message.ExecuteRequest{})[atHeader]
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	many := strings.Split(strings.Repeat(".", 5000), "")
	for _, frames := range [][]string{
		{""}, {message.Delimiter}, {"x", message.Delimiter, ""}, many,
		append(many, sign(header, "{}", "{}", "{}")...),
		append(sign(header, "{}", "{}", "{}"), many...),
		sign("", "", "", ""), sign("[]", "{}", "{}", "{}"), sign("null", "{}", "{}", "{}"), sign(deep, "{}", "{}", "{}"),
		sign(`{"msg_id":1,"msg_type":2}`, "{}", "{}", "{}"), sign("\xff", "{}", "{}", "{}"),
		sign(header, "{}", "{}", `{`), sign(header, "{}", "{}", deep),
		sign(`{"msg_id":"1","msg_type":"no_such_request"}`, "null", "[]", "7"),
	} {
		for channel := range requests() {
			p := zmtptest.DialAs(t, k.info.Endpoint(channel), "DEALER", "")
			p.Send(zmtptest.Message(frames...))
			settle(t, k, p, channel)
		}
	}
	// A content of the wrong type is answered by an error.
	for _, content := range []string{`[]`, `{"code":7}`, `{"code":"1","silent":"yes"}`} {
		p := zmtptest.DialAs(t, k.info.Endpoint(connection.Shell), "DEALER", "")
		p.Send(zmtptest.Message(sign(header, "{}", "{}", content)...))
		if got := p.Recv(nil); !strings.Contains(got, `"status":"error"`) {
			t.Errorf("%s: got %.300q", content, got)
		}
	}
}
