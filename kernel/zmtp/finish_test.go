package zmtp

import (
	"context"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func TestFinishDeliversWhatWasSentLast(t *testing.T) {
	router, err := ListenRouter("tcp://127.0.0.1:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	dealer := zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity("d")))
	defer dealer.Close()
	if err := dealer.Dial(router.Endpoint()); err != nil {
		t.Fatal(err)
	}
	if err := dealer.Send(zmq4.NewMsgString("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := router.Recv(ctx); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := router.Send([]byte("d"), [][]byte{make([]byte, 10000)}); err != nil {
			t.Fatal(err)
		}
	}
	got := make(chan int, 1)
	go func() {
		n := 0
		for ; n < 100; n++ {
			if _, err := dealer.Recv(); err != nil {
				break
			}
		}
		got <- n
	}()
	if err := router.Finish(ctx); err != nil {
		t.Error(err)
	}
	router.Close()
	if n := <-got; n != 100 {
		t.Errorf("%d of 100 messages arrived", n)
	}
}
