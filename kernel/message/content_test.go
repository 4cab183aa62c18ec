package message

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"
	"time"
)

// TestContents has every content type once, with what it is as JSON, filled in
// and empty: clients must find arrays and objects where they look for them.
func TestContents(t *testing.T) {
	oops := &Exception{Name: "E", Value: "v", Traceback: List[string]{"<line>"}}
	for _, c := range []struct {
		content Content
		kind    string
		want    string
	}{
		{ExecuteRequest{Code: "a < b", StoreHistory: true, UserExpressions: map[string]string{"x": "1"}}, "execute_request",
			`{"code":"a < b","silent":false,"store_history":true,"user_expressions":{"x":"1"},"allow_stdin":false,"stop_on_error":false}`},
		{ExecuteReply{Status: OK, ExecutionCount: 3}, "execute_reply",
			`{"status":"ok","execution_count":3,"user_expressions":{},"payload":[]}`},
		{ExecuteReply{Status: Failed, Exception: oops}, "execute_reply",
			`{"status":"error","execution_count":0,"user_expressions":{},"payload":[],"ename":"E","evalue":"v","traceback":["<line>"]}`},
		{ExecuteReply{Status: OK, UserExpressions: Map[ExpressionResult]{
			"a": {Status: OK, Data: PlainText("1")}, "b": {Status: Failed, Exception: &Exception{}}},
			Payload: List[Object]{{"source": Text("page")}}}, "execute_reply",
			`{"status":"ok","execution_count":0,"user_expressions":{"a":{"status":"ok","data":{"text/plain":"1"}},` +
				`"b":{"status":"error","ename":"","evalue":"","traceback":[]}},"payload":[{"source":"page"}]}`},
		{ExecuteInput{Code: "c", ExecutionCount: 1}, "execute_input", `{"code":"c","execution_count":1}`},
		{ExecuteResult{ExecutionCount: 1, Data: Object{"text/html": Text("<b>"), "application/x+json": json.RawMessage(`{"a":[1]}`)}}, "execute_result",
			`{"execution_count":1,"data":{"application/x+json":{"a":[1]},"text/html":"<b>"},"metadata":{},"transient":{}}`},
		{InputRequest{Prompt: "? ", Password: true}, "input_request", `{"prompt":"? ","password":true}`},
		{InputReply{Value: "5000"}, "input_reply", `{"value":"5000"}`},
		{ConnectRequest{}, "connect_request", `{}`},
		{ConnectReply{Status: OK, Shell: 1, IOPub: 2, Stdin: 3, Control: 4, HB: 5}, "connect_reply",
			`{"status":"ok","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5}`},
		{HistoryRequest{Access: HistoryTail, N: 5}, "history_request",
			`{"output":false,"raw":false,"hist_access_type":"tail","session":0,"start":0,"stop":0,"n":5,"pattern":"","unique":false}`},
		{HistoryReply{Status: OK}, "history_reply", `{"status":"ok","history":[]}`},
		{HistoryReply{Status: OK, History: List[HistoryEntry]{{1, 2, "in", "", false}, {1, 3, "in", "out", true}, {1, 4, "in", "", true}}}, "history_reply",
			`{"status":"ok","history":[[1,2,"in"],[1,3,["in","out"]],[1,4,["in",null]]]}`},
		{Status{Busy}, "status", `{"execution_state":"busy"}`},
		{Stream{Stderr, "\x1b[1m"}, "stream", `{"name":"stderr","text":"\u001b[1m"}`},
		{DisplayData{}, "display_data", `{"data":{},"metadata":{},"transient":{}}`},
		{UpdateDisplayData{Transient: Transient{"d"}}, "update_display_data", `{"data":{},"metadata":{},"transient":{"display_id":"d"}}`},
		{ClearOutput{true}, "clear_output", `{"wait":true}`},
		{Error{*oops}, "error", `{"ename":"E","evalue":"v","traceback":["<line>"]}`},
		{IOPubWelcome{}, "iopub_welcome", `{"subscription":""}`},
		{CompleteRequest{"c", 1}, "complete_request", `{"code":"c","cursor_pos":1}`},
		{CompleteReply{Status: OK}, "complete_reply", `{"status":"ok","matches":[],"cursor_start":0,"cursor_end":0,"metadata":{}}`},
		{InspectRequest{"c", 1, 1}, "inspect_request", `{"code":"c","cursor_pos":1,"detail_level":1}`},
		{InspectReply{Status: OK}, "inspect_reply", `{"status":"ok","found":false,"data":{},"metadata":{}}`},
		{IsCompleteRequest{"c"}, "is_complete_request", `{"code":"c"}`},
		{IsCompleteReply{Incomplete, "\t"}, "is_complete_reply", `{"status":"incomplete","indent":"\t"}`},
		{KernelInfoRequest{}, "kernel_info_request", `{}`},
		{KernelInfoReply{Status: OK, ProtocolVersion: Version, LanguageInfo: LanguageInfo{Name: "go", MIMEType: "text/x-go", FileExtension: ".go"}}, "kernel_info_reply",
			`{"status":"ok","protocol_version":"5.5","implementation":"","implementation_version":"",` +
				`"language_info":{"name":"go","version":"","mimetype":"text/x-go","file_extension":".go"},` +
				`"banner":"","debugger":false,"help_links":[],"supported_features":[]}`},
		{InterruptRequest{}, "interrupt_request", `{}`},
		{InterruptReply{Status: OK}, "interrupt_reply", `{"status":"ok"}`},
		{ShutdownRequest{true}, "shutdown_request", `{"restart":true}`},
		{ShutdownReply{OK, true}, "shutdown_reply", `{"status":"ok","restart":true}`},
		{CommInfoRequest{"t"}, "comm_info_request", `{"target_name":"t"}`},
		{CommInfoReply{Status: OK}, "comm_info_reply", `{"status":"ok","comms":{}}`},
		{CommInfoReply{Status: OK, Comms: Map[CommInfo]{"1": {"t"}}}, "comm_info_reply", `{"status":"ok","comms":{"1":{"target_name":"t"}}}`},
		{CommOpen{ID: "1", Target: "t"}, "comm_open", `{"comm_id":"1","target_name":"t","data":{}}`},
		{CommMsg{ID: "1", Data: Object{"method": Text("update")}}, "comm_msg", `{"comm_id":"1","data":{"method":"update"}}`},
		{CommClose{ID: "1"}, "comm_close", `{"comm_id":"1","data":{}}`},
	} {
		m, err := NewSession("u").New(nil, c.content)
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
			continue
		}
		if m.Header.Type != c.kind {
			t.Errorf("type %s, want %s", m.Header.Type, c.kind)
		}
		if string(m.Content) != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.kind, m.Content, c.want)
		}
		back := reflect.New(reflect.TypeOf(c.content))
		if err := m.Decode(back.Interface()); err != nil {
			t.Errorf("%s, read again: %v", c.kind, err)
			continue
		}
		if again, _ := marshal(back.Elem().Interface()); string(again) != c.want {
			t.Errorf("%s, read again:\n got %s\nwant %s", c.kind, again, c.want)
		}
	}
}

// TestPresets: what requests mean by leaving fields out, or having others.
func TestPresets(t *testing.T) {
	for _, c := range []struct {
		content string
		into    Content
		want    Content
	}{
		{`{}`, &ExecuteRequest{Code: "old"}, &ExecuteRequest{StoreHistory: true, AllowStdin: true, StopOnError: true}},
		{`{"code":"x","stop_on_error":false,"user_expressions":null,"new":1}`, &ExecuteRequest{},
			&ExecuteRequest{Code: "x", StoreHistory: true, AllowStdin: true}},
		{`{"code":"x"}`, &CompleteRequest{}, &CompleteRequest{"x", -1}},
		{`{"code":"x","cursor_pos":null}`, &CompleteRequest{}, &CompleteRequest{"x", -1}},
		{`{"code":"x","cursor_pos":0}`, &InspectRequest{}, &InspectRequest{"x", 0, 0}},
		{`{"hist_access_type":"tail","n":null}`, &HistoryRequest{}, &HistoryRequest{Raw: true, Access: HistoryTail}},
	} {
		if err := (&Message{Content: json.RawMessage(c.content)}).Decode(c.into); err != nil {
			t.Errorf("%s: %v", c.content, err)
		}
		if !reflect.DeepEqual(c.into, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.content, c.into, c.want)
		}
	}
}

func TestDecodeErrorNamesTypeAndField(t *testing.T) {
	m := Message{Header: Header{Type: "execute_request"}, Content: json.RawMessage(`{"code":7}`)}
	err := m.Decode(&ExecuteRequest{})
	if err == nil || !regexp.MustCompile(`execute_request.*number.*code`).MatchString(err.Error()) {
		t.Errorf("error %v", err)
	}
}

func TestSession(t *testing.T) {
	s := NewSession("kernel")
	parent, err := NewCodec(testKey).Decode(wire([]string{"from"}, `{"msg_id":"p","msg_type":"q","new":1}`, "{}", "{}", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := s.Reply(parent, InterruptReply{Status: OK})
	if err != nil {
		t.Fatal(err)
	}
	if string(reply.ParentHeader) != `{"msg_id":"p","msg_type":"q","new":1}` || string(reply.Identities[0]) != "from" {
		t.Errorf("reply %+v", reply)
	}
	out, err := s.Publish(nil, Status{Starting})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(out.Identities[0]), "kernel."+s.ID+".status"; got != want || out.ParentHeader != nil {
		t.Errorf("topic %s, want %s; parent %s", got, want, out.ParentHeader)
	}
	h := out.Header
	if h.Session != s.ID || h.Username != "kernel" || h.Version != Version || h.ID == reply.Header.ID || len(h.ID) != 36 {
		t.Errorf("header %+v", h)
	}
	// What jupyter_client's ISO8601_PAT takes for a date.
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`).MatchString(h.Date) || time.Since(h.Time()).Abs() > time.Minute {
		t.Errorf("date %s", h.Date)
	}
	// A message can answer one that was made here and never sent.
	if m, err := s.New(out, Status{Idle}); err != nil || m.Parent().ID != h.ID {
		t.Errorf("parent %q, error %v", m.Parent().ID, err)
	}
	if (&Header{Date: "yesterday"}).Time() != (time.Time{}) {
		t.Error("a date was read that is none")
	}
}
