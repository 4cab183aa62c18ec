package kernelspec

import (
	"context"
	"errors"
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

const pipInstall = "pip install 'jupyterlab>=4'"

// checkJupyter looks for JupyterLab. Other front ends can be used too, so that
// what is missing is Jupyter as a whole only.
func (m Machine) checkJupyter() Finding {
	const what = "JupyterLab"
	path, err := m.find("jupyter-lab")
	if err != nil {
		if path, err = m.find("jupyter"); err == nil {
			return Finding{what, Note, "only " + path, "type: " + pipInstall}
		}
		return Finding{what, Missing, "not on PATH", m.installJupyter()}
	}
	version, err := output(slow, path, "--version")
	if err != nil {
		return silentJupyter(path, err)
	}
	var major int
	fmt.Sscanf(version, "%d.", &major)
	return found(what, major >= 4, Note, version+", "+path, "the kernel was tried with 4 and later; type: "+pipInstall)
}

// silentJupyter is the finding for a JupyterLab that is there and does not say its version. One that is only slow need not be
// installed again.
func silentJupyter(path string, err error) Finding {
	cure := "type: " + pipInstall
	if errors.Is(err, context.DeadlineExceeded) {
		cure = "it is there, and slow: the machine is busy, or it is started for the first time; try again"
	}
	return Finding{"JupyterLab", Note, fmt.Sprintf("%s --version: %v", path, err), cure}
}

// installJupyter says how; where the sources are, make can do it.
func (m Machine) installJupyter() string {
	const otherwise = "\nwithout it, notebooks run by: ipclab run NOTEBOOK"
	root := filepath.Dir(filepath.Dir(m.Binary))
	if _, err := os.Stat(filepath.Join(root, "Makefile")); err == nil {
		return "type: make -C " + root + " lab" + otherwise
	}
	return "type: " + pipInstall + otherwise
}

// checkSpec looks for a kernelspec that starts this program, where Jupyter
// would look.
func (m Machine) checkSpec() Finding {
	folders := m.specFolders()
	if len(folders) == 0 {
		return m.badSpec(Missing, "not in "+strings.Join(m.searchPath(), ", "))
	}
	for _, folder := range folders {
		if s, err := readSpec(folder); err == nil && sameFile(s.Argv[0], m.Binary) {
			return Finding{"kernelspec", OK, folder, ""}
		}
	}
	return m.strayed(folders[0])
}

// strayed is the finding for a kernelspec that starts something else.
func (m Machine) strayed(folder string) Finding {
	s, err := readSpec(folder)
	if err != nil {
		return m.badSpec(Missing, err.Error())
	}
	if path, err := exec.LookPath(s.Argv[0]); err == nil {
		return m.badSpec(Note, fmt.Sprintf("%s starts %s, not this program", folder, path))
	}
	return m.badSpec(Missing, fmt.Sprintf("%s starts %s, which is not there", folder, s.Argv[0]))
}

func (m Machine) badSpec(g Grade, is string) Finding {
	return Finding{"kernelspec", g, is, "type: " + m.Binary + " install"}
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
