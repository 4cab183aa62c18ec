package kernelspec

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// searchPath lists the data folders that Jupyter looks into, the first first:
// jupyter_core.paths.jupyter_path, as far as it can be known without Python.
func (m Machine) searchPath() []string {
	dirs := filepath.SplitList(os.Getenv("JUPYTER_PATH"))
	if dir, err := userDataDir(); err == nil {
		dirs = append(dirs, dir)
	}
	for _, prefix := range m.environments() {
		dirs = append(dirs, filepath.Join(prefix, "share", "jupyter"))
	}
	dirs = append(dirs, "/usr/local/share/jupyter", "/usr/share/jupyter")
	var unique []string
	for _, dir := range dirs {
		if dir != "" && !slices.Contains(unique, dir) {
			unique = append(unique, dir)
		}
	}
	return unique
}

// environments lists the prefixes of Python environments in use: the active
// ones, that of the jupyter on PATH, and the one that make lab makes beside the
// folder of the program.
func (m Machine) environments() []string {
	prefixes := []string{os.Getenv("VIRTUAL_ENV"), os.Getenv("CONDA_PREFIX")}
	if path, err := exec.LookPath("jupyter"); err == nil {
		if path, err = filepath.Abs(path); err == nil {
			prefixes = append(prefixes, filepath.Dir(filepath.Dir(path)))
		}
	}
	own := filepath.Join(filepath.Dir(filepath.Dir(m.Binary)), ".venv")
	if _, err := os.Stat(own); err == nil {
		prefixes = append(prefixes, own)
	}
	return slices.DeleteFunc(prefixes, func(p string) bool { return p == "" })
}

// find looks for a program on PATH, then in the environments.
func (m Machine) find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	for _, prefix := range m.environments() {
		if path, err := exec.LookPath(filepath.Join(prefix, "bin", program)); err == nil {
			return path, nil
		}
	}
	return "", err
}
