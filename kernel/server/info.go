package server

import (
	"fmt"
	"runtime"
	"strings"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
)

func (s *Server) kernelInfo() message.KernelInfoReply {
	goVersion := strings.TrimPrefix(runtime.Version(), "go")
	return message.KernelInfoReply{
		Status:                message.OK,
		ProtocolVersion:       message.Version,
		Implementation:        "ipclab",
		ImplementationVersion: s.options.Version,
		LanguageInfo: message.LanguageInfo{
			Name: "go", Version: goVersion, MIMEType: "text/x-go", FileExtension: ".go",
			PygmentsLexer: "go", CodeMirrorMode: "go", Exporter: "script",
		},
		Banner: fmt.Sprintf("ipclab %s: Go %s cells with real processes. Package ipclab is there without an import.",
			s.options.Version, goVersion),
		HelpLinks: message.List[message.HelpLink]{
			{Text: "Go language", URL: "https://go.dev/ref/spec"},
			{Text: "Go standard library", URL: "https://pkg.go.dev/std"},
			{Text: "Linux manual pages", URL: "https://man7.org/linux/man-pages/"},
		},
	}
}

func (s *Server) connectReply() message.ConnectReply {
	c := s.options.Connection
	return message.ConnectReply{
		Status: message.OK,
		Shell:  c.Port(connection.Shell), IOPub: c.Port(connection.IOPub), Stdin: c.Port(connection.Stdin),
		Control: c.Port(connection.Control), HB: c.Port(connection.Heartbeat),
	}
}

// replyType is the type of the reply to a request.
func replyType(request *message.Message) string {
	return strings.TrimSuffix(request.Header.Type, "_request") + "_reply"
}
