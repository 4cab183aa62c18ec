package connection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// MaxSize is the greatest size in bytes of a connection file. Real ones have
// about 300.
const MaxSize = 64 << 10

// Load reads and checks the connection file at path. The error is one line; it
// is an *Error if the content is at fault, and wraps the errno if the file could
// not be read. The file must be a regular one: a FIFO or a terminal would block
// the start of the kernel.
func Load(path string) (*Info, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("connection file: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("connection file: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, &Error{File: path, Problem: "is " + kind(st.Mode()), Want: "a regular file"}
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("connection file: %w", err)
	}
	return Parse(path, data)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// Parse checks data, the content of a connection file called name. Fields it
// does not know are ignored; signature_scheme, kernel_name and key may be
// absent. The error is an *Error.
func Parse(name string, data []byte) (*Info, error) {
	if len(data) > MaxSize {
		return nil, &Error{File: name, Problem: fmt.Sprintf("is longer than %d bytes", MaxSize), Want: "a connection file"}
	}
	fields, err := object(data)
	if err != nil {
		return nil, &Error{File: name, Problem: err.Error(), Want: "one JSON object", Err: err}
	}
	p := parser{file: name, fields: fields}
	info := &Info{
		Transport:       p.oneOf("transport", "", TCP, IPC),
		IP:              p.text("ip", required),
		Key:             p.text("key", secret),
		SignatureScheme: p.oneOf("signature_scheme", SchemeHMACSHA256, SchemeHMACSHA256),
		KernelName:      p.text("kernel_name", optional),
	}
	p.ports(info)
	p.address(info)
	if p.err != nil {
		return nil, p.err
	}
	return info, nil
}

// object splits a JSON object into its fields without looking into them.
func object(data []byte) (map[string]json.RawMessage, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("is empty")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("is not JSON at byte %d (%w)", syntax.Offset, err)
		}
		return nil, errors.New("is JSON, but not an object")
	}
	if fields == nil {
		return nil, errors.New("is JSON, but not an object")
	}
	return fields, nil
}
