package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// Signer computes HMAC-SHA256 signatures with one key. It may be used by any
// number of goroutines: each takes a hash whose key schedule is already done
// from a pool.
type Signer struct {
	key  []byte
	pool sync.Pool // *mac
}

// mac is a keyed hash with room for its result.
type mac struct {
	hash.Hash
	sum [sha256.Size]byte
}

// NewSigner makes a signer; with an empty key it signs nothing and accepts
// everything.
func NewSigner(key []byte) *Signer {
	s := &Signer{key: append([]byte(nil), key...)}
	s.pool.New = func() any { return &mac{Hash: hmac.New(sha256.New, s.key)} }
	return s
}

// Signs tells whether there is a key.
func (s *Signer) Signs() bool { return len(s.key) > 0 }

func (s *Signer) compute(parts [][]byte) (sum [sha256.Size]byte) {
	m := s.pool.Get().(*mac)
	m.Reset()
	for _, p := range parts {
		m.Write(p)
	}
	m.Sum(m.sum[:0])
	sum = m.sum
	s.pool.Put(m)
	return sum
}

// Sign gives the signature of the parts, one after the other, as 64 lower-case
// hex digits; an empty one without a key.
func (s *Signer) Sign(parts ...[]byte) []byte {
	if !s.Signs() {
		return []byte{}
	}
	sum := s.compute(parts)
	return hex.AppendEncode(make([]byte, 0, 2*len(sum)), sum[:])
}

// Verify tells whether signature (hex digits) fits the parts, and gives it in
// binary. How long it takes says nothing about how much of it was right.
func (s *Signer) Verify(signature []byte, parts ...[]byte) (sum [sha256.Size]byte, ok bool) {
	if !s.Signs() {
		return sum, true
	}
	var got [sha256.Size]byte
	if len(signature) != hex.EncodedLen(len(got)) {
		return sum, false
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return sum, false
	}
	sum = s.compute(parts)
	return sum, hmac.Equal(got[:], sum[:])
}
