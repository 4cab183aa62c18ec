package ipclab_test

import (
	"fmt"
	"testing"
	"os/exec"
	"time"

	"ipclab/ipclab"
)

func TestTry(t *testing.T) {
	for range 3 {
	begun := time.Now()
	b, err := ipclab.Bench(ipclab.BenchOptions{Mechanisms:[]string{"pipe","fifo","eventfd","stream","futex","spin"},Styles:[]ipclab.BenchStyle{0}, Uncounted:true, Limit: 4*time.Second})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(b, time.Since(begun))
	for _, m := range []string{"pipe","fifo","eventfd","stream","futex"} {
	for range 3 {
	out, _ := exec.Command("/tmp/benchwork/pp", "pct", m, "64", "8000", "0", "0", "1").CombinedOutput()
	fmt.Print(string(out))
	}}
	}
}
