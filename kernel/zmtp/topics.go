package zmtp

import (
	"strings"
	"sync"
)

// Bounds on the subscriptions of one peer. Clients of a kernel have one.
const (
	maxTopics = 1024
	maxTopic  = 4 << 10 // bytes
)

// topics are a peer's subscriptions. An XSUB peer may subscribe to a topic more
// than once, and must then cancel it as often.
type topics struct {
	mu    sync.RWMutex
	count map[string]int
}

// add notes a subscription and reports whether the topic is a new one.
func (t *topics) add(topic string) (fresh bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count == nil {
		t.count = map[string]int{}
	}
	if t.count[topic] == 0 && (len(t.count) >= maxTopics || len(topic) > maxTopic) {
		return false, violation("more than %d subscriptions, or a topic of more than %d bytes", maxTopics, maxTopic)
	}
	t.count[topic]++
	return t.count[topic] == 1, nil
}

// remove takes a subscription back and reports whether it was the last of its
// topic.
func (t *topics) remove(topic string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch t.count[topic] {
	case 0:
		return false
	case 1:
		delete(t.count, topic)
		return true
	}
	t.count[topic]--
	return false
}

// clear removes all and gives what they were.
func (t *topics) clear() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for topic := range t.count {
		all = append(all, topic)
	}
	t.count = nil
	return all
}

// match tells whether a message with this topic should be sent.
func (t *topics) match(topic []byte) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.count[""] > 0 {
		return true
	}
	for prefix := range t.count {
		if strings.HasPrefix(string(topic), prefix) {
			return true
		}
	}
	return false
}
