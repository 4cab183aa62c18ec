// Package spin has the two instructions that a loop on shared memory wants and Go does not offer: a pause between two
// looks at a word, and a store that is seen after all stores before it.
//
// It is for words that another process changes. It replaces no lock: Release orders stores, and nothing else.
package spin

// Pause tells the processor that this is a wait for another one: it lets the other thread of a core run, and saves power.
// See PAUSE of x86, YIELD of ARM.
func Pause()
