// Package install holds the files of the kernelspec, as they are in this folder:
// kernel.json, whose program name and display name are filled in when it is
// installed, and the logos.
//
// It installs nothing; package kernelspec does. The folder also has the Python
// requirements of JupyterLab and of the tests, which are not embedded.
package install

import "embed"

// Names of the files in Files.
const (
	KernelJSON = "kernel.json"
	Logo32     = "logo-32x32.png"
	Logo64     = "logo-64x64.png"
	LogoSVG    = "logo-svg.svg"
)

// Files are the files of the kernelspec.
//
//go:embed kernel.json logo-32x32.png logo-64x64.png logo-svg.svg
var Files embed.FS
