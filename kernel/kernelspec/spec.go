package kernelspec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"ipclab/install"
)

// Names that are used unless others are asked for.
const (
	DefaultName        = "ipclab"
	DefaultDisplayName = "Go (ipclab)"
)

// spec is a kernel.json.
type spec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	InterruptMode string         `json:"interrupt_mode"`
	Protocol      string         `json:"kernel_protocol_version"`
	Language      string         `json:"language"`
	Metadata      map[string]any `json:"metadata"`
}

// newSpec fills in the template.
func newSpec(binary, displayName string) ([]byte, error) {
	template, err := install.Files.ReadFile(install.KernelJSON)
	if err != nil {
		return nil, err
	}
	var s spec
	if err := json.Unmarshal(template, &s); err != nil {
		return nil, fmt.Errorf("embedded %s: %w", install.KernelJSON, err)
	}
	s.Argv[0], s.DisplayName = binary, displayName
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(s)
	return b.Bytes(), err
}

// readSpec reads the kernel.json in folder.
func readSpec(folder string) (*spec, error) {
	path := filepath.Join(folder, install.KernelJSON)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s spec
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &s, nil
}

// ours tells whether the spec starts this program, here or elsewhere.
func (s *spec) ours() bool {
	return s.Language == "go" && len(s.Argv) == 4 &&
		slices.Equal(s.Argv[1:], []string{"kernel", "-f", "{connection_file}"})
}

var validName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// CheckName applies jupyter_client's rule for names of kernels; the name is that
// of a folder too.
func CheckName(name string) error {
	if !validName.MatchString(name) || name == "." || name == ".." {
		return fmt.Errorf("kernel name %q: needs ASCII letters, digits, and - . _ only", name)
	}
	return nil
}
