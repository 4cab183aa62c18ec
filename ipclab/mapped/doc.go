// Package mapped holds memory that mmap(2) has put into the address space of this process, and knows what became of
// addresses at which such memory once was.
//
// It is not memory of the Go heap: the collector neither moves nor frees it, nor looks for pointers in it. Whoever maps
// a region unmaps it, by Release.
//
// The hazard: pointers into a region that is gone. If its addresses were given back to the operating system, the Go heap
// or another mapping could be there the next moment, and a write through an old pointer would silently change something
// else. So addresses are kept for a while, with no access permitted (quarantine.go): such a write is a fault, and Gone
// says whose.
package mapped
