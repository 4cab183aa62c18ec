// Package kernelspec installs the kernel where Jupyter looks for kernels, removes
// it again, and finds out whether this machine has what it needs.
//
// A kernelspec refers to the binary by its absolute path and does not copy it:
// a new build is used at once, and a binary that was moved must be installed
// again.
//
// The hazard: a kernelspec folder with the same name may be another kernel's.
// Nothing is written into or removed from a folder whose kernel.json does not
// start this program.
//
// Format: jupyter_client, "Making kernels for Jupyter", section "Kernel specs";
// folders: jupyter_core, "Common Directories and File Locations".
package kernelspec
