package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ipclab/kernel/message"
)

// version is set by the linker: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of ipclab and of what it is made with",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			printVersion(c.OutOrStdout())
			return nil
		},
	}
}

func printVersion(w io.Writer) {
	fmt.Fprintf(w, "ipclab    %s\n", version)
	fmt.Fprintf(w, "go        %s\n", runtime.Version())
	fmt.Fprintf(w, "yaegi     %s\n", moduleVersion("github.com/traefik/yaegi"))
	fmt.Fprintf(w, "platform  %s/%s\n", runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "protocol  %s\n", message.Version)
}

// moduleVersion gives the version of a module that the binary was built with.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "not linked"
}
