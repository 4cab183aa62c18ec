package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const testKey = "a0436f6c-1916-498b-8eb9-e81ab9368e84"

// wire gives frames as a client would send them, signed with testKey.
func wire(identities []string, header, parent, metadata, content string, buffers ...string) [][]byte {
	var frames [][]byte
	for _, s := range identities {
		frames = append(frames, []byte(s))
	}
	body := [][]byte{[]byte(header), []byte(parent), []byte(metadata), []byte(content)}
	frames = append(frames, []byte(Delimiter), NewSigner([]byte(testKey)).Sign(body...))
	frames = append(frames, body...)
	for _, s := range buffers {
		frames = append(frames, []byte(s))
	}
	return frames
}

const someHeader = `{"msg_id":"1","session":"s","username":"u","date":"2026-01-02T03:04:05.000006Z","msg_type":"execute_request","version":"5.3"}`

// TestSignatureKnown compares with a signature that Python's hmac made:
// hmac.new(key, b'{"a":1}{}{}{"b":"ü"}', "sha256").hexdigest().
func TestSignatureKnown(t *testing.T) {
	s := NewSigner([]byte(testKey))
	got := s.Sign([]byte(`{"a":1}`), []byte(`{}`), []byte(`{}`), []byte(`{"b":"ü"}`))
	if want := knownSignature; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, ok := s.Verify([]byte(strings.ToUpper(knownSignature)), []byte(`{"a":1}{}{}{"b":"ü"}`)); !ok {
		t.Error("not verified")
	}
}

func TestDecode(t *testing.T) {
	c := NewCodec(testKey)
	frames := wire([]string{"id", ""}, someHeader, `{"msg_id":"0","msg_type":"x","new":[1]}`, `{"m":1}`, `{"code":"1+1"}`, "buffer", "")
	m, err := c.Decode(frames)
	if err != nil {
		t.Fatal(err)
	}
	want := &Message{
		Identities: frames[:2],
		Header: Header{ID: "1", Session: "s", Username: "u", Date: "2026-01-02T03:04:05.000006Z",
			Type: "execute_request", Version: "5.3"},
		RawHeader:    json.RawMessage(someHeader),
		ParentHeader: json.RawMessage(`{"msg_id":"0","msg_type":"x","new":[1]}`),
		Metadata:     json.RawMessage(`{"m":1}`),
		Content:      json.RawMessage(`{"code":"1+1"}`),
		Buffers:      [][]byte{[]byte("buffer"), {}},
		isJSON:       true,
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("got  %+v\nwant %+v", m, want)
	}
	if got := m.Header.Time().Nanosecond(); got != 6000 {
		t.Errorf("date has %d ns", got)
	}
	if got := m.Parent().ID; got != "0" {
		t.Errorf("parent %q", got)
	}
	again, err := NewCodec(testKey).Encode(m)
	if err != nil || !reflect.DeepEqual(again, frames) {
		t.Errorf("encoded again: %q, error %v", again, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := func() [][]byte { return wire([]string{"id"}, someHeader, "{}", "{}", "{}") }
	change := func(i int, b string) [][]byte { f := good(); f[i] = []byte(b); return f }
	many := func(n int) []string { return make([]string, n) }
	for name, c := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"nothing":             {nil, ErrMalformed},
		"no delimiter":        {change(1, "<IDS|MSG"), ErrMalformed},
		"too few":             {good()[:6], ErrMalformed},
		"too many identities": {wire(many(MaxIdentities+1), someHeader, "{}", "{}", "{}"), ErrMalformed},
		"too many buffers":    {wire(nil, someHeader, "{}", "{}", "{}", many(MaxBuffers+1)...), ErrMalformed},
		"no signature":        {change(2, ""), ErrSignature},
		"zero signature":      {change(2, strings.Repeat("0", 64)), ErrSignature},
		"not hex":             {change(2, strings.Repeat("g", 64)), ErrSignature},
		"short":               {change(2, string(good()[2][:62])), ErrSignature},
		"long":                {change(2, string(good()[2])+"00"), ErrSignature},
		"other header":        {change(3, strings.Replace(someHeader, `"1"`, `"2"`, 1)), ErrSignature},
		"other parent":        {change(4, `{"a":1}`), ErrSignature},
		"other metadata":      {change(5, `{"a":1}`), ErrSignature},
		"other content":       {change(6, `{"code":"os.Exit(1)"}`), ErrSignature},
		"header no JSON":      {wire(nil, "{", "{}", "{}", "{}"), ErrMalformed},
		"header no object":    {wire(nil, `["1"]`, "{}", "{}", "{}"), ErrMalformed},
		"header null":         {wire(nil, `null`, "{}", "{}", "{}"), ErrMalformed},
		"header not UTF-8":    {wire(nil, strings.Replace(someHeader, "u", "\xff", 1), "{}", "{}", "{}"), ErrMalformed},
		"no type":             {wire(nil, `{"msg_id":"1"}`, "{}", "{}", "{}"), ErrMalformed},
		"type no string":      {wire(nil, `{"msg_id":"1","msg_type":7}`, "{}", "{}", "{}"), ErrMalformed},
		"no id":               {wire(nil, `{"msg_type":"x"}`, "{}", "{}", "{}"), ErrMalformed},
		"content no JSON":     {wire(nil, someHeader, "{}", "{}", "code"), ErrMalformed},
		"parent empty":        {wire(nil, someHeader, "", "{}", "{}"), ErrMalformed},
	} {
		m, err := NewCodec(testKey).Decode(c.frames)
		if !errors.Is(err, c.want) || m != nil {
			t.Errorf("%s: message %v, error %v, want %v", name, m != nil, err, c.want)
		}
	}
	if _, err := NewCodec(testKey).Decode(good()); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}

// TestDecodeTolerates: what is new or odd in a header, but harmless.
func TestDecodeTolerates(t *testing.T) {
	for _, header := range []string{
		`{"msg_id":"1","msg_type":"from_the_future"}`,
		`{"msg_id":"1","msg_type":"x","subshell_id":null,"version":null}`,
		`{"msg_id":"1","msg_type":"x","subshell_id":7,"date":{},"session":[],"version":5}`,
		` {"msg_type":"x","username":true,"more":{"deep":[[]]},"msg_id":"1"} `,
	} {
		m, err := NewCodec(testKey).Decode(wire(nil, header, "null", "[]", `"text"`))
		if err != nil || m.Header.ID != "1" || m.Header.Type == "" {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestRepeatedIsRefused(t *testing.T) {
	c := NewCodec(testKey)
	frames := wire([]string{"a"}, someHeader, "{}", "{}", "{}")
	if _, err := c.Decode(frames); err != nil {
		t.Fatal(err)
	}
	frames[0] = []byte("another sender")
	frames[2] = bytes.ToUpper(frames[2]) // the same signature, written otherwise
	if _, err := c.Decode(frames); !errors.Is(err, ErrRepeated) {
		t.Errorf("error %v, want %v", err, ErrRepeated)
	}
}

// TestWrongSignaturesAreNotRemembered: who does not know the key cannot make the
// codec forget what it has seen.
func TestWrongSignaturesAreNotRemembered(t *testing.T) {
	c := NewCodec(testKey)
	c.seen = newHistory(2)
	frames := wire(nil, someHeader, "{}", "{}", "{}")
	if _, err := c.Decode(frames); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		forged := wire(nil, someHeader, "{}", "{}", "{}")
		forged[1] = []byte(fmt.Sprintf("%064x", i))
		if _, err := c.Decode(forged); !errors.Is(err, ErrSignature) {
			t.Fatal(err)
		}
	}
	if _, err := c.Decode(frames); !errors.Is(err, ErrRepeated) {
		t.Errorf("error %v, want %v", err, ErrRepeated)
	}
}

func TestHistoryForgetsTheOldest(t *testing.T) {
	h := newHistory(3)
	add := func(n byte) bool { return h.add([32]byte{n}) }
	for _, step := range []struct {
		n   byte
		new bool
	}{{1, true}, {2, true}, {3, true}, {1, false}, {4, true}, {3, false}, {1, true}, {2, true}, {4, false}, {3, true}} {
		if got := add(step.n); got != step.new {
			t.Errorf("%d: new is %v, want %v", step.n, got, step.new)
		}
	}
	if len(h.seen) != 3 || len(h.ring) != 3 {
		t.Errorf("%d and %d remembered, want 3", len(h.seen), len(h.ring))
	}
}

func TestWithoutKey(t *testing.T) {
	c := NewCodec("")
	frames := wire(nil, someHeader, "{}", "{}", "{}")
	frames[1] = nil
	for range 2 { // nothing to recognize a repetition by
		if _, err := c.Decode(frames); err != nil {
			t.Error(err)
		}
	}
	m, err := (&Session{}).New(nil, Status{Busy})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Encode(m)
	if err != nil || len(out[1]) != 0 {
		t.Errorf("signature %q, error %v", out[1], err)
	}
}

func TestEncodeRefusesWhatIsNotJSON(t *testing.T) {
	for _, m := range []Message{
		{Content: json.RawMessage("{")},
		{Metadata: json.RawMessage("x")},
		{RawHeader: json.RawMessage("{]")},
		{ParentHeader: json.RawMessage(",")},
	} {
		if _, err := NewCodec(testKey).Encode(&m); !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, frames := range [][][]byte{
		wire([]string{"a", ""}, someHeader, "{}", "{}", `{"code":""}`, "b"),
		wire(nil, `{"msg_id":"1","msg_type":"x","date":5}`, "null", "[]", "1"),
		wire(nil, `["msg_type"]`, "{}", "{}", "{}"),
	} {
		f.Add(bytes.Join(frames, []byte{'\n'}), true)
		f.Add(bytes.Join(frames, []byte{'\n'}), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		frames := bytes.Split(data, []byte{'\n'})
		if at, err := delimiter(frames); err == nil && sign {
			frames[at+1] = NewSigner([]byte(testKey)).Sign(frames[at+2 : at+6]...)
		}
		c := NewCodec(testKey)
		m, err := c.Decode(frames)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSignature) {
				t.Fatal(err)
			}
			return
		}
		if _, err := c.Decode(frames); !errors.Is(err, ErrRepeated) {
			t.Fatalf("a second time: %v", err)
		}
		again, err := c.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.EqualFold(bytes.Join(again, nil), bytes.Join(frames, nil)) { // a signature may be in capitals
			t.Fatalf("got %q, want %q", again, frames)
		}
		reply, err := NewSession("k").Reply(m, KernelInfoReply{Status: OK})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Encode(reply); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEncodeDecode(b *testing.B) {
	s := NewSession("kernel")
	parent, err := NewCodec(testKey).Decode(wire(nil, someHeader, "{}", "{}", "{}"))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{100, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			out, in := NewCodec(testKey), NewCodec(testKey)
			text := strings.Repeat("text <b>\n", size/9)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				m, err := s.Publish(parent, Stream{Stdout, text})
				if err != nil {
					b.Fatal(err)
				}
				frames, err := out.Encode(m)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := in.Decode(frames); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const knownSignature = "35fc2d97f9e9903cacd97fb4426d16a7f6f7e115b7359e81e5fadd226cf3a6bf"
