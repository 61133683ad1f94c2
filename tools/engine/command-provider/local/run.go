package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Run is the function command:local:run.
type Run struct{}

// RunInputs are its arguments.
type RunInputs struct {
	Process
	Command string `pulumi:"command"`
}

// RunOutputs are its results.
type RunOutputs struct {
	RunInputs
	Results
}

// Annotate describes the function in the schema.
func (r *Run) Annotate(a infer.Annotator) {
	a.Describe(&r, "Runs a command on this machine at each preview and each update.")
}

// Annotate describes the arguments in the schema.
func (r *RunInputs) Annotate(a infer.Annotator) { a.Describe(&r.Command, "The command.") }

// Invoke runs the command.
func (*Run) Invoke(
	ctx context.Context, req infer.FunctionRequest[RunInputs],
) (infer.FunctionResponse[RunOutputs], error) {
	outputs := RunOutputs{RunInputs: req.Input}
	err := outputs.run(ctx, req.Input.Command, &outputs.Results)
	return infer.FunctionResponse[RunOutputs]{Output: outputs}, err
}
