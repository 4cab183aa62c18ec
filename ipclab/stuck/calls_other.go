//go:build !amd64

package stuck

// oldNames are calls that newer architectures do not have.
var oldNames = map[uint64]string{}
