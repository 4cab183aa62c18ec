package process

import (
	"ipclab/ipclab/grade"
	"ipclab/runtime/eval"
)

// graded runs a cell, whose result is the score of its checks if it has no other.
func graded(run func() eval.Outcome) eval.Outcome {
	grade.Begin()
	o := run()
	o.Result = grade.Result(o.Result)
	return o
}
