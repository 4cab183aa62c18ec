package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// signals makes Ctrl-C an interrupt; a second one, or another signal that asks
// for the end, ends the context, whose cause says so. A signal that was ignored
// when the program started, as under nohup, stays so.
func signals() (ctx context.Context, interrupt <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	interrupts := make(chan struct{}, 1)
	received := make(chan os.Signal, 2)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(received, s)
		}
	}
	go func() {
		select {
		case s := <-received:
			if s != syscall.SIGINT {
				cancel(ended(s))
				return
			}
			interrupts <- struct{}{}
		case <-ctx.Done():
			return
		}
		select {
		case s := <-received:
			cancel(ended(s))
		case <-ctx.Done():
		}
	}()
	return ctx, interrupts, func() {
		signal.Stop(received)
		cancel(nil)
	}
}

// ended is the cause of an end by a signal.
func ended(s os.Signal) error {
	if s == syscall.SIGINT {
		return errors.New("interrupted twice")
	}
	return fmt.Errorf("ended by %s", unix.SignalName(s.(syscall.Signal)))
}
