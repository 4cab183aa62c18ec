package record

import (
	"slices"
	"strings"
	"testing"
)

// one is a record with the values given.
func one(values string) string {
	return `{"schema": "ipclab/experiment/1", "machines": [{}], "runs": [{"values": [{"metric": "m", "values": ` + values + `}]}]}`
}

// What is read is what was measured, or an error: a damaged file must not become other figures.
func TestParse(t *testing.T) {
	f, err := Parse([]byte(one("[1, 2.5]") + "\n"))
	if err != nil || !slices.Equal(f.Runs[0].Values[0].Values, Numbers{1, 2.5}) {
		t.Fatalf("%+v, %v", f, err)
	}
	for text, want := range map[string]string{
		"":                             "a damaged one: EOF",
		one("[1, 2.5]")[:60]:           "a damaged one: unexpected EOF",
		one("[1, null, 3]"):            "value 2 of 3 is null, not a number",
		one(`[1, "NaN"]`):              "a damaged one: json: cannot unmarshal string",
		one("[1]") + one("[2]"):        "something behind the record, from byte 107 on",
		one("[1]") + "\n<<<<<<< HEAD":  "something behind the record, from byte 107 on",
		`{"cells": [], "nbformat": 4}`: `its schema is "", not "ipclab/experiment/1"`,
		strings.Replace(one("[1]"), "[{}]", "[]", 1): "run 1 is of machine 0 of 0",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
