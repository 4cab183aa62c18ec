package execute

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/zmtp"
)

// A fake kernel is this test binary, started as a kernel would be. It can fail
// in ways that a real one does not: the cells say how, a line a command.
type fake struct {
	session                     *message.Session
	codec, signer               *message.Codec
	shell, control, stdin       *zmtp.Router
	iopub                       *zmtp.Publisher
	interrupts                  chan struct{}
	answers                     chan *message.Message
	count                       int
	cell, earlier               *message.Message
	keepsBusy, silent, immortal bool
	status                      string
	failure                     *message.Exception
}

// fakePatience is how long a fake kernel bears a client that does not read.
const fakePatience = time.Second

// fakeKernel runs it until shutdown_request; mode makes it fail before.
func fakeKernel(mode, file string) int {
	go endWithParent(os.Getppid())
	if mode == "exits" {
		fmt.Fprintln(os.Stderr, "first line\nno room on the device")
		return 3
	}
	info, err := connection.Load(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if mode == "deaf" {
		time.Sleep(time.Minute) // listens to nothing; it is ended by a signal
	}
	k := &fake{
		session: message.NewSession("fake"), codec: message.NewCodec(info.Key), signer: message.NewCodec(info.Key),
		interrupts: make(chan struct{}, 1), answers: make(chan *message.Message), immortal: mode == "immortal",
	}
	if mode == "forger" {
		k.signer = message.NewCodec("not the key")
	}
	o := zmtp.Options{StallTimeout: fakePatience}
	k.shell, err = zmtp.ListenRouter(info.Endpoint(connection.Shell), o)
	must(err)
	k.control, err = zmtp.ListenRouter(info.Endpoint(connection.Control), o)
	must(err)
	k.stdin, err = zmtp.ListenRouter(info.Endpoint(connection.Stdin), o)
	must(err)
	k.iopub, err = zmtp.ListenPublisher(info.Endpoint(connection.IOPub), o)
	must(err)
	go k.serveControl()
	go func() {
		for {
			k.answers <- k.receive(k.stdin)
		}
	}()
	must(k.iopub.WaitSubscribed(context.Background(), ""))
	for {
		k.serve(k.receive(k.shell), mode)
	}
}

// endWithParent keeps no fake kernel when a test panics.
func endWithParent(parent int) {
	for os.Getppid() == parent {
		time.Sleep(brief)
	}
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
}

func (k *fake) receive(from *zmtp.Router) *message.Message {
	m, err := from.Recv(context.Background())
	if errors.Is(err, zmtp.ErrClosed) {
		time.Sleep(time.Minute) // it has hung up, and is ended by a signal
	}
	must(err)
	request, err := k.codec.Decode(m.Frames)
	must(err)
	request.Identities = [][]byte{m.Peer}
	return request
}

func (k *fake) serveControl() {
	for {
		switch m := k.receive(k.control); m.Header.Type {
		case "interrupt_request":
			k.interrupts <- struct{}{}
		case "shutdown_request":
			if !k.immortal {
				os.Exit(0)
			}
		}
	}
}

func (k *fake) reply(on *zmtp.Router, request *message.Message, c message.Content) {
	m, err := k.session.New(request, c)
	must(err)
	frames, err := k.signer.Encode(m)
	must(err)
	// The client's stdin channel may not have joined yet when its first cell is here.
	for err = on.Send(request.Identities[0], frames); errors.Is(err, zmtp.ErrNoPeer); err = on.Send(request.Identities[0], frames) {
		time.Sleep(time.Millisecond)
	}
	must(err)
}

func (k *fake) publish(parent *message.Message, c message.Content) {
	m, err := k.session.Publish(parent, c)
	must(err)
	frames, err := k.signer.Encode(m)
	must(err)
	must(k.iopub.Publish(frames))
}

func (k *fake) serve(request *message.Message, mode string) {
	k.publish(request, message.Status{State: message.Busy})
	switch {
	case request.Header.Type == "kernel_info_request" && mode == "mute":
	case request.Header.Type == "kernel_info_request":
		k.reply(k.shell, request, message.KernelInfoReply{Status: message.OK, LanguageInfo: message.LanguageInfo{Name: "go"}})
	case request.Header.Type == "execute_request":
		k.execute(request)
	}
	if !k.keepsBusy {
		k.publish(request, message.Status{State: message.Idle})
	}
}

func (k *fake) execute(request *message.Message) {
	var r message.ExecuteRequest
	must(request.Decode(&r))
	k.count++
	k.earlier, k.cell = k.cell, request
	k.status, k.failure = message.OK, nil
	k.publish(request, message.ExecuteInput{Code: r.Code, ExecutionCount: k.count})
	for line := range strings.Lines(r.Code) {
		command, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		k.command(command, strings.ReplaceAll(rest, "|", "\n"), &r)
	}
	if !k.silent {
		k.reply(k.shell, request, message.ExecuteReply{Status: k.status, ExecutionCount: k.count, Exception: k.failure})
	}
}

func (k *fake) command(name, arg string, r *message.ExecuteRequest) {
	id, text, _ := strings.Cut(arg, " ")
	switch name {
	case "out", "err":
		k.publish(k.cell, message.Stream{Name: "std" + name, Text: arg})
	case "forge":
		genuine := k.signer
		k.signer = message.NewCodec("not the key")
		k.command("out", arg, r)
		k.signer = genuine
	case "late":
		k.publish(k.earlier, message.Stream{Name: "stdout", Text: arg})
	case "result":
		k.publish(k.cell, message.ExecuteResult{ExecutionCount: k.count, Data: message.PlainText(arg)})
	case "show":
		k.publish(k.cell, message.DisplayData{Data: message.PlainText(text), Transient: message.Transient{DisplayID: id}})
	case "update":
		k.publish(k.cell, message.UpdateDisplayData{Data: message.PlainText(text), Transient: message.Transient{DisplayID: id}})
	case "picture":
		k.publish(k.cell, message.DisplayData{Data: message.Object{"image/png": json.RawMessage(`"aGk="`), "application/x+json": json.RawMessage(`{"b":1,"a":1.0}`)}})
	case "clear":
		k.publish(k.cell, message.ClearOutput{Wait: arg == "wait"})
	case "fail":
		k.failure = &message.Exception{Name: "Oops", Value: arg, Traceback: message.List[string]{"\x1b[31m" + arg + "\x1b[0m"}}
		k.status = message.Failed
		k.publish(k.cell, message.Error{Exception: *k.failure})
	case "abort":
		k.status = message.Aborted
	case "stop-on-error":
		k.publish(k.cell, message.Stream{Name: "stdout", Text: strconv.FormatBool(r.StopOnError) + "\n"})
	case "stdin-allowed":
		k.publish(k.cell, message.Stream{Name: "stdout", Text: strconv.FormatBool(r.AllowStdin) + "\n"})
	case "ask", "ask-secret":
		k.reply(k.stdin, k.cell, message.InputRequest{Prompt: arg, Password: name == "ask-secret"})
		k.await(r)
	case "die":
		must(k.iopub.Flush(context.Background()))
		fmt.Fprintln(os.Stderr, arg)
		os.Exit(7)
	case "hang-up":
		k.shell.Close()
		k.control.Close()
		k.stdin.Close()
		k.iopub.Close()
		time.Sleep(time.Minute) // ended by a signal
	case "until-interrupt":
		<-k.interrupts
		k.command("fail", "interrupted", r)
	case "for-ever":
		time.Sleep(time.Minute)
	case "keep-busy":
		k.keepsBusy = true
	case "no-reply":
		k.silent = true
	case "chatter":
		n, _ := strconv.Atoi(arg)
		for range n {
			k.publish(k.cell, message.Stream{Name: "stdout", Text: strings.Repeat("x", 9999) + "\n"})
		}
	default:
		fmt.Fprintf(os.Stderr, "fake kernel: no command %q\n", name)
		os.Exit(8)
	}
}

// await waits for the user's line or an interrupt.
func (k *fake) await(r *message.ExecuteRequest) {
	select {
	case m := <-k.answers:
		var answer message.InputReply
		must(m.Decode(&answer))
		k.publish(k.cell, message.Stream{Name: "stdout", Text: "answer " + answer.Value + "\n"})
	case <-k.interrupts:
		k.command("fail", "interrupted", r)
	}
}

// slowWriter delays the first write until it is released.
type slowWriter struct {
	io.Writer
	release <-chan struct{}
}

func (w slowWriter) Write(p []byte) (int, error) {
	<-w.release
	return w.Writer.Write(p)
}
