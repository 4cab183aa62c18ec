// Package server speaks the Jupyter messaging protocol 5.5 with the clients of
// one kernel, and has its cells checked (runtime/cell) and run
// (kernel/supervisor).
//
// Goroutines, from New to the end of Run:
//
//	reception  receives from shell and queues; answers itself what an editor
//	           asks while a cell runs. Stopped by the end of Run's context.
//	shell      carries out the queued requests one after another; a cell
//	           blocks it. Stopped as above.
//	control    the same for the control channel, beside a running cell.
//	stdin      receives the replies to input requests.
//	welcome    receives new subscriptions of iopub.
//	warmUp     runs a cell that nobody sees, once; cells wait for its end.
//
// The hazard: everything that is published goes through one socket and may
// wait for a slow client, a few seconds at most; no lock that control needs is
// held meanwhile.
package server
