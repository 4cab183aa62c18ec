package connection

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const valid = `{
  "shell_port": 53794, "iopub_port": 53795, "stdin_port": 53796, "control_port": 53797, "hb_port": 53798,
  "ip": "127.0.0.1", "key": "a0436f6c-1916-498b-8eb9-e81ab9368e84", "transport": "tcp",
  "signature_scheme": "hmac-sha256", "kernel_name": "ipclab", "jupyter_session": "/home/a/x.ipynb"
}`

func TestParseValid(t *testing.T) {
	got, err := Parse("k.json", []byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Transport: TCP, IP: "127.0.0.1",
		ShellPort: 53794, IOPubPort: 53795, StdinPort: 53796, ControlPort: 53797, HBPort: 53798,
		Key: "a0436f6c-1916-498b-8eb9-e81ab9368e84", SignatureScheme: SchemeHMACSHA256, KernelName: "ipclab",
	}
	if *got != want {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
}

func TestParseDefaults(t *testing.T) {
	for _, absent := range []string{`"signature_scheme": "hmac-sha256", `, `"kernel_name": "ipclab", `,
		`"key": "a0436f6c-1916-498b-8eb9-e81ab9368e84", `} {
		got, err := Parse("k.json", []byte(strings.Replace(valid, absent, "", 1)))
		if err != nil {
			t.Errorf("without %s: %v", absent, err)
		} else if got.SignatureScheme != SchemeHMACSHA256 {
			t.Errorf("without %s: scheme %q", absent, got.SignatureScheme)
		}
	}
}

// TestParseErrors changes one thing in a valid file and compares the whole
// line, because a person reads it.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{valid, ``, `is empty; expected one JSON object`},
		{valid, `[]`, `is JSON, but not an object; expected one JSON object`},
		{valid, `null`, `is JSON, but not an object; expected one JSON object`},
		{valid, `{"ip": }`, `is not JSON at byte 8 (invalid character '}' looking for beginning of value); expected one JSON object`},
		{valid, valid + `x`, `is not JSON at byte 297 (invalid character 'x' after top-level value); expected one JSON object`},
		{`"transport": "tcp"`, `"transport": "udp"`, `field "transport" is "udp"; expected "tcp" or "ipc"`},
		{`"transport": "tcp"`, `"x": 1`, `field "transport" is missing; expected a string that is not empty`},
		{`"transport": "tcp"`, `"Transport": "tcp"`, `field "transport" is missing; expected a string that is not empty`},
		{`"127.0.0.1"`, `""`, `field "ip" is ""; expected a string that is not empty`},
		{`"127.0.0.1"`, `7`, `field "ip" is 7; expected a string`},
		{`"127.0.0.1"`, `"a b"`, `field "ip" is "a b"; expected an IP address, a host name or "*"`},
		{`53794`, `"53794"`, `field "shell_port" is "53794"; expected an integer from 1 to 65535`},
		{`53794`, `0`, `field "shell_port" is 0; expected an integer from 1 to 65535`},
		{`53794`, `-1`, `field "shell_port" is -1; expected an integer from 1 to 65535`},
		{`53795`, `65536`, `field "iopub_port" is 65536; expected an integer from 1 to 65535`},
		{`53796`, `1.5`, `field "stdin_port" is 1.5; expected an integer from 1 to 65535`},
		{`53797`, `null`, `field "control_port" is missing; expected an integer from 1 to 65535`},
		{`"hb_port": 53798`, `"hb": 53798`, `field "hb_port" is missing; expected an integer from 1 to 65535`},
		{`53798`, `53794`, `field "hb_port" is 53794; expected a number that shell_port does not have`},
		{`"hmac-sha256"`, `"hmac-md5"`, `field "signature_scheme" is "hmac-md5"; expected "hmac-sha256"`},
		{`"a0436f6c-1916-498b-8eb9-e81ab9368e84"`, `["s3cret"]`, `field "key" is (not shown); expected a string`},
		{`"ipclab"`, `{}`, `field "kernel_name" is {}; expected a string`},
	} {
		_, err := Parse("k.json", []byte(strings.Replace(valid, c.from, c.to, 1)))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s -> %s: error %v, want an *Error", c.from, c.to, err)
			continue
		}
		if want := "connection file k.json: " + c.want; err.Error() != want {
			t.Errorf("%s -> %s:\n got %s\nwant %s", c.from, c.to, err, want)
		}
	}
}

func TestErrorIsOneShortLine(t *testing.T) {
	long := strings.Replace(valid, `"tcp"`, `"`+strings.Repeat("\\u00e9é", 500)+`"`, 1)
	_, err := Parse("a\nb", []byte(long))
	if err == nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 200 {
		t.Errorf("error %v", err)
	}
}

func TestIPCAddress(t *testing.T) {
	ipc := strings.Replace(valid, `"tcp"`, `"ipc"`, 1)
	info, err := Parse("k.json", []byte(strings.Replace(ipc, `"127.0.0.1"`, `"/run/user/7/kernel-ipc"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := info.Endpoint(Shell), "ipc:///run/user/7/kernel-ipc-53794"; got != want {
		t.Errorf("endpoint %s, want %s", got, want)
	}
	for _, bad := range []string{strings.Repeat("p", 102), `a\u0000b`} {
		if _, err := Parse("k.json", []byte(strings.Replace(ipc, "127.0.0.1", bad, 1))); err == nil {
			t.Errorf("path %.20q accepted", bad)
		}
	}
}

func TestWriteThenLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.json")
	want, err := Parse("k.json", []byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time replaces the first
		if err := want.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if *got != *want {
		t.Errorf("got  %+v\nwant %+v", *got, *want)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode() != 0o600 {
		t.Errorf("mode %v, want 0600", st.Mode())
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestWriteRefusesBadInfo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.json")
	if err := (&Info{Transport: TCP, IP: "127.0.0.1"}).Write(path); err == nil {
		t.Error("ports of 0 were written")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stat: %v, want no file", err)
	}
}

func TestLoadUnreadable(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none")); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("missing file: %v, want ENOENT", err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "is a directory; expected a regular file") {
		t.Errorf("directory: %v", err)
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(fifo); err == nil || !strings.Contains(err.Error(), "is a FIFO; expected a regular file") {
		t.Errorf("FIFO: %v", err)
	}
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, make([]byte, MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(big); err == nil || !strings.Contains(err.Error(), "is longer than 65536 bytes") {
		t.Errorf("big file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(valid))
	f.Add([]byte(strings.Replace(valid, `"tcp"`, `"ipc"`, 1)))
	f.Add([]byte(`{"shell_port":1e9,"ip":"\ud800"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Parse("k.json", data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Fatalf("error %q", err)
			}
			return
		}
		again, err := Parse("k.json", info.Marshal())
		if err != nil || *again != *info {
			t.Fatalf("written and read again: %+v, %v; want %+v", again, err, info)
		}
	})
}

func ExampleInfo_Endpoint() {
	info := Info{Transport: TCP, IP: "::1", ShellPort: 5001, HBPort: 5005}
	fmt.Println(info.Endpoint(Shell))
	info.Transport, info.IP = IPC, "/run/user/1000/kernel-ipc"
	fmt.Println(info.Endpoint(Heartbeat))
	// Output:
	// tcp://[::1]:5001
	// ipc:///run/user/1000/kernel-ipc-5005
}

func ExampleParse() {
	_, err := Parse("kernel-7.json", []byte(`{"transport": "tcp", "ip": "127.0.0.1", "shell_port": "1"}`))
	fmt.Println(err)
	// Output:
	// connection file kernel-7.json: field "shell_port" is "1"; expected an integer from 1 to 65535
}
