package connection

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// file is Info as JSON, in the order in which jupyter_client writes it.
type file struct {
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	IP              string `json:"ip"`
	Key             string `json:"key"`
	Transport       string `json:"transport"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name"`
}

// Marshal gives the content of the connection file for i, with a final newline.
func (i *Info) Marshal() []byte {
	// Integers and strings always marshal.
	data, _ := json.MarshalIndent(file{
		ShellPort: i.ShellPort, IOPubPort: i.IOPubPort, StdinPort: i.StdinPort,
		ControlPort: i.ControlPort, HBPort: i.HBPort,
		IP: i.IP, Key: i.Key, Transport: i.Transport,
		SignatureScheme: i.SignatureScheme, KernelName: i.KernelName,
	}, "", "  ")
	return append(data, '\n')
}

// Write puts the connection file at path, with mode 0600, replacing what is
// there in one step: a kernel that reads at the same time sees the old file or
// the new one, never half of one. The content is checked first, so that Load of
// what was written succeeds.
func (i *Info) Write(path string) (err error) {
	data := i.Marshal()
	if _, err := Parse(path, data); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".connection-*") // mode 0600
	if err != nil {
		return fmt.Errorf("connection file: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("connection file: %w", err)
		}
	}()
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
