package kernelspec

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ipclab/install"
)

// slow is how long a Python program may take to say its version.
const slow = 20 * time.Second

const installLab = "make lab installs it into .venv; elsewhere: pip install 'jupyterlab>=4'"

func (m Machine) checkJupyter() Finding {
	path, err := m.find("jupyter")
	if err != nil {
		return Finding{"Jupyter", Missing, "no jupyter on PATH", installLab + "; without Jupyter: ipclab run NOTEBOOK"}
	}
	return Finding{"Jupyter", OK, path, ""}
}

func (m Machine) checkLab() Finding {
	const what = "JupyterLab"
	path, err := m.find("jupyter-lab")
	if err != nil {
		return Finding{what, Note, "no jupyter-lab on PATH", installLab}
	}
	version, err := output(slow, path, "--version")
	if err != nil {
		return Finding{what, Note, fmt.Sprintf("jupyter-lab --version: %v", err), installLab}
	}
	var major int
	fmt.Sscanf(version, "%d.", &major)
	return found(what, major >= 4, Note, version, "charts and interrupts were tried with 4: pip install -U 'jupyterlab>=4'")
}

// checkSpec looks for a kernelspec that starts this program, where Jupyter
// would look.
func (m Machine) checkSpec() Finding {
	const what = "kernelspec"
	folders := m.specFolders()
	if len(folders) == 0 {
		return Finding{what, Missing, "not installed in " + strings.Join(m.searchPath(), ", "), m.Binary + " install"}
	}
	for _, folder := range folders {
		if s, err := readSpec(folder); err == nil && sameFile(s.Argv[0], m.Binary) {
			return Finding{what, OK, folder, ""}
		}
	}
	return m.strayed(folders[0])
}

// strayed is the finding for a kernelspec that starts something else.
func (m Machine) strayed(folder string) Finding {
	const what = "kernelspec"
	advice := m.Binary + " install"
	s, err := readSpec(folder)
	if err != nil {
		return Finding{what, Missing, err.Error(), advice}
	}
	if path, err := exec.LookPath(s.Argv[0]); err == nil {
		return Finding{what, Note, fmt.Sprintf("%s starts %s, not this program", folder, path), advice}
	}
	return Finding{what, Missing, fmt.Sprintf("%s starts %s, which is not there", folder, s.Argv[0]), advice}
}

// specFolders lists the folders of all kernelspecs that are this kernel's.
func (m Machine) specFolders() []string {
	var folders []string
	for _, data := range m.searchPath() {
		found, _ := filepath.Glob(filepath.Join(data, "kernels", "*", install.KernelJSON))
		for _, path := range found {
			if folder := filepath.Dir(path); checkOwner(folder) == nil {
				folders = append(folders, folder)
			}
		}
	}
	return folders
}

func sameFile(a, b string) bool {
	path, err := exec.LookPath(a) // the template's argv[0] has no folder
	if err != nil {
		return false
	}
	x, errX := os.Stat(path)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
