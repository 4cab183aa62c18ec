package zmtp

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-zeromq/zmq4"
)

// BenchmarkPublish sends to one subscriber that reads the bytes and nothing
// more.
func BenchmarkPublish(b *testing.B) {
	for _, size := range []int{100, 1 << 10, 64 << 10} {
		for _, transport := range []string{"tcp", "ipc"} {
			b.Run(fmt.Sprintf("%s/%d", transport, size), func(b *testing.B) { benchmarkPublish(b, transport, size) })
		}
	}
}

func benchmarkPublish(b *testing.B, transport string, size int) {
	address := "tcp://127.0.0.1:0"
	if transport == "ipc" {
		address = "ipc://" + b.TempDir() + "/s"
	}
	pub, err := ListenPublisher(address, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer pub.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sub := zmq4.NewSub(ctx)
	defer sub.Close()
	if err := sub.Dial(pub.Endpoint()); err != nil {
		b.Fatal(err)
	}
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		b.Fatal(err)
	}
	if err := pub.WaitSubscribed(ctx, ""); err != nil {
		b.Fatal(err)
	}
	frames := [][]byte{[]byte("topic"), []byte("<IDS|MSG>"), make([]byte, 64), make([]byte, 200), make([]byte, 200), []byte("{}"), make([]byte, size)}
	b.SetBytes(wireSize(frames))
	b.ReportAllocs()
	b.ResetTimer()
	received := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < b.N && err == nil; i++ {
			_, err = sub.Recv()
		}
		received <- err
	}()
	for range b.N {
		if err := pub.Publish(frames); err != nil {
			b.Fatal(err)
		}
	}
	if err := <-received; err != nil {
		b.Fatal(err)
	}
}
