// Package connection reads, checks and writes the Jupyter connection file:
// the small JSON object by which a client tells a kernel where to listen and
// which key signs the messages.
//
// It is not a client and opens no sockets; it only says which endpoint each
// channel has.
//
// The hazard: the file holds the signing key. It is written with mode 0600,
// and no error message of this package quotes the key.
//
// Format: jupyter_client, "Messaging in Jupyter" and "Making kernels for
// Jupyter", section "Connection files".
package connection
