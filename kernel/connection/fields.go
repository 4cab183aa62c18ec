package connection

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// maxPath is the longest path a UNIX domain socket can have (unix(7): sun_path
// is 108 bytes with its final NUL).
const maxPath = 107

// rule says how a text field is treated.
type rule int

const (
	required rule = iota // must be there and not empty
	optional             // may be absent or empty
	secret               // like optional, and never quoted in an error
)

// parser checks field after field and keeps the first error.
type parser struct {
	file   string
	fields map[string]json.RawMessage
	err    error
}

func (p *parser) fail(field, value, want string) {
	if p.err == nil {
		p.err = &Error{File: p.file, Field: field, Value: value, Want: want}
	}
}

// raw gives the field's JSON text, "" when it is absent or null.
func (p *parser) raw(field string) string {
	if s := string(p.fields[field]); s != "null" {
		return s
	}
	return ""
}

func (p *parser) text(field string, r rule) string {
	raw := p.raw(field)
	var s string
	if raw != "" && json.Unmarshal([]byte(raw), &s) != nil {
		if r == secret {
			raw = "(not shown)"
		}
		p.fail(field, raw, "a string")
		return ""
	}
	if s == "" && r == required {
		p.fail(field, raw, "a string that is not empty")
	}
	return s
}

// oneOf reads a text field that must have one of the values want; absent or
// empty it counts as preset, unless that is empty too.
func (p *parser) oneOf(field, preset string, want ...string) string {
	r := optional
	if preset == "" {
		r = required
	}
	s := p.text(field, r)
	if s == "" {
		s = preset
	}
	for _, w := range want {
		if s == w {
			return s
		}
	}
	p.fail(field, p.raw(field), quotedList(want))
	return ""
}

func quotedList(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return strings.Join(q, " or ")
}

// ports reads the five port fields, which must differ from each other: two
// channels cannot share one socket.
func (p *parser) ports(info *Info) {
	seen := map[int]string{}
	for _, c := range Channels() {
		field := c.String() + "_port"
		n := p.integer(field)
		if other, dup := seen[n]; dup && n != 0 {
			p.fail(field, strconv.Itoa(n), "a number that "+other+" does not have")
		}
		seen[n] = field
		*info.port(c) = n
	}
}

func (p *parser) integer(field string) int {
	raw := p.raw(field)
	n, err := strconv.ParseUint(raw, 10, 16)
	if err != nil || n == 0 {
		p.fail(field, raw, "an integer from 1 to 65535")
		return 0
	}
	return int(n)
}

// address checks ip, whose meaning depends on the transport.
func (p *parser) address(info *Info) {
	switch {
	case info.IP == "":
	case info.Transport == TCP && !isHost(info.IP):
		p.fail("ip", strconv.Quote(info.IP), "an IP address, a host name or \"*\"")
	case info.Transport == IPC && strings.ContainsRune(info.IP, 0):
		p.fail("ip", strconv.Quote(info.IP), "a path without NUL bytes")
	case info.Transport == IPC && len(info.IP)+len("-65535") > maxPath:
		p.fail("ip", strconv.Quote(info.IP), fmt.Sprintf("a path of at most %d bytes", maxPath-len("-65535")))
	}
}

func isHost(s string) bool {
	if s == "*" {
		return true
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if len(s) > 253 {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", r) {
			return false
		}
	}
	return true
}
