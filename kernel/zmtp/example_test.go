package zmtp_test

import (
	"context"
	"fmt"
	"log"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/zmtp"
)

func ExampleListenRouter() {
	router, err := zmtp.ListenRouter("tcp://127.0.0.1:0", zmtp.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer router.Close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	client := zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity("client")))
	defer client.Close()
	if err := client.Dial(router.Endpoint()); err != nil {
		log.Fatal(err)
	}
	if err := client.Send(zmq4.NewMsgFrom([]byte("how"), []byte("are you?"))); err != nil {
		log.Fatal(err)
	}

	m, err := router.Recv(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %q\n", m.Peer, m.Frames)
	if err := router.Send(m.Peer, [][]byte{[]byte("well")}); err != nil {
		log.Fatal(err)
	}
	reply, err := client.Recv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", reply.Frames)
	// Output:
	// client: ["how" "are you?"]
	// ["well"]
}
