package netlink

import (
	"bytes"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAttributes(t *testing.T) {
	data := bytes.Join([][]byte{Text(1, "eth"), Number(2, 7), Attribute(3|0x8000, Long(4, 9))}, nil)
	if len(data)%4 != 0 {
		t.Errorf("%d bytes: not aligned", len(data))
	}
	got := Attributes(data)
	if cString(got[1]) != "eth" || order.Uint32(got[2]) != 7 || order.Uint64(Attributes(got[3])[4]) != 9 {
		t.Errorf("%v", got)
	}
	for cut := range len(data) {
		Attributes(data[:cut]) // no panic
	}
	if n := len(Attributes([]byte{3, 0, 1, 0})); n != 0 {
		t.Errorf("an attribute shorter than its header gives %d", n)
	}
}

func TestSplit(t *testing.T) {
	message := func(kind uint16, sequence uint32, body ...byte) []byte {
		m := make([]byte, headerSize)
		order.PutUint32(m, uint32(headerSize+len(body)))
		order.PutUint16(m[4:], kind)
		order.PutUint32(m[8:], sequence)
		return append(m, body...)
	}
	stale := message(20, 1, 9, 9, 9, 9)
	answer := message(20, 2, 1, 2, 3, 4)
	done := message(unix.NLMSG_DONE, 2, 0, 0, 0, 0)
	all := bytes.Join([][]byte{stale, answer, done}, nil)
	out, ended, err := split(all, 2)
	if len(out) != 1 || out[0].Kind != 20 || !bytes.Equal(out[0].Body, []byte{1, 2, 3, 4}) || !ended || err != nil {
		t.Errorf("%v, %v, %v", out, ended, err)
	}
	if _, ended, err := split(all[:len(stale)+len(answer)], 2); ended || err != nil {
		t.Errorf("without an end: %v, %v", ended, err)
	}
	for _, bad := range [][]byte{answer[:7], answer[:headerSize+1], message(unix.NLMSG_ERROR, 2, 1)} {
		if _, _, err := split(bad, 2); !errors.Is(err, errCut) {
			t.Errorf("% x: %v", bad, err)
		}
	}
}

func TestRefusalHasErrno(t *testing.T) {
	c, err := Open(unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	request := make([]byte, unix.SizeofIfInfomsg)
	_, err = c.Do(unix.RTM_GETLINK, 0, append(request, Text(unix.IFLA_IFNAME, "no-such-device")...))
	if !errors.Is(err, unix.ENODEV) {
		t.Errorf("a device that is not there: %v, want ENODEV", err)
	}
	answers, err := c.Dump(unix.RTM_GETLINK, request)
	found := false
	for _, a := range answers {
		found = found || cString(Attributes(a.Body[unix.SizeofIfInfomsg:])[unix.IFLA_IFNAME]) == "lo"
	}
	if err != nil || !found {
		t.Errorf("the dump of devices lacks lo: %v", err)
	}
	// Newer kernels say why in words.
	_, err = c.Do(unix.RTM_NEWQDISC, unix.NLM_F_CREATE, append(make([]byte, 20), Text(unix.TCA_KIND, "no-such")...))
	if err == nil {
		t.Error("a queue at no device was made")
	}
}

func TestOpenUnknownProtocol(t *testing.T) {
	if _, err := Open(-1); !errors.Is(err, unix.EPROTONOSUPPORT) {
		t.Errorf("%v, want EPROTONOSUPPORT", err)
	}
}
