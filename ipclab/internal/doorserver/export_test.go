package doorserver

// SetLinksMost changes the bound of sockets and returns what puts it back.
func SetLinksMost(n int) (restore func()) {
	before := linksMost
	linksMost = n
	return func() { linksMost = before }
}
