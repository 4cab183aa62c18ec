// Package notebook reads and writes notebook files, nbformat 4, as Jupyter does.
//
// A file that JupyterLab wrote comes out byte for byte as it went in: fields
// this package does not know are kept, numbers keep their digits, object keys
// are sorted, the indent is one space and a newline ends the file. A file that
// another program wrote in another style takes Jupyter's style.
//
// It runs nothing (package execute does) and does not validate against the
// schema; what is checked is what it needs to find the cells.
//
// The hazard: outputs are kept as generic JSON values, shared and not copied;
// whoever changes a map given to SetResult changes the notebook.
//
// Format: nbformat, "The Notebook file format".
package notebook
