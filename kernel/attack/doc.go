// Package attack holds tests only: they start a kernel, the real binary, and do
// to it what a hostile or broken peer could do, on the wire and with messages.
// After each attack a client that was there all along must have lost nothing,
// and a fresh client must be served, by the same process.
//
// What single packages can show is tested there: zmtp for its sockets, message
// for signatures. Here is what only the whole can show.
package attack
