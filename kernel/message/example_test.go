package message_test

import (
	"errors"
	"fmt"

	"ipclab/kernel/message"
)

func ExampleCodec() {
	client := message.NewSession("student")
	request, err := client.New(nil, message.ExecuteRequest{Code: `fmt.Println("hello")`})
	if err != nil {
		panic(err)
	}
	frames, err := message.NewCodec("key").Encode(request)
	if err != nil {
		panic(err)
	}

	kernel := message.NewCodec("key")
	m, err := kernel.Decode(frames)
	if err != nil {
		panic(err)
	}
	var execute message.ExecuteRequest
	if err := m.Decode(&execute); err != nil {
		panic(err)
	}
	fmt.Println(m.Header.Type, execute.Code)

	_, err = kernel.Decode(frames)
	fmt.Println(err, errors.Is(err, message.ErrRepeated))
	_, err = message.NewCodec("another key").Decode(frames)
	fmt.Println(err)
	// Output:
	// execute_request fmt.Println("hello")
	// message: repeated signature true
	// message: wrong signature
}

func ExampleSession_Publish() {
	kernel := message.NewSession("ipclab")
	m, err := kernel.Publish(nil, message.Stream{Name: message.Stdout, Text: "5000\n"})
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Header.Type, string(m.Content))
	// Output:
	// stream {"name":"stdout","text":"5000\n"}
}
