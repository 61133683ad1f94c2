// Package lifecycle holds what local and remote commands share: which command runs at which step of a resource's life.
package lifecycle

import "github.com/pulumi/pulumi-go-provider/infer"

// Variables by which a command finds the output of the resource's previous command.
const (
	PreviousStdout = "PULUMI_COMMAND_STDOUT"
	PreviousStderr = "PULUMI_COMMAND_STDERR"
)

// Commands are the commands of a resource.
type Commands struct {
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// Annotate describes the fields in the schema.
func (c *Commands) Annotate(a infer.Annotator) {
	a.Describe(&c.Triggers, "Values of any type; the resource is replaced when one of them changes.")
	a.Describe(&c.Create, "The command that creates the resource. Without `update` it also runs when an input changes.")
	a.Describe(&c.Update, "The command that runs when an input changes. Without it `create` runs again.")
	a.Describe(&c.Delete, "The command that deletes the resource.")
}

// OnUpdate is the command that a changed input runs, nil if none does.
func (c *Commands) OnUpdate() *string {
	if c.Update != nil {
		return c.Update
	}
	return c.Create
}

// Outputs are what the last command printed, without the last newline.
type Outputs struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Annotate describes the fields in the schema.
func (o *Outputs) Annotate(a infer.Annotator) {
	a.Describe(&o.Stdout, "What the command wrote to its standard output.")
	a.Describe(&o.Stderr, "What the command wrote to its standard error.")
}

// Previous gives the environment variables that carry the previous output: on unless it is switched off, and only what
// is not empty.
func (o *Outputs) Previous(wanted *bool) map[string]string {
	variables := map[string]string{}
	if wanted != nil && !*wanted {
		return variables
	}
	if o.Stdout != "" {
		variables[PreviousStdout] = o.Stdout
	}
	if o.Stderr != "" {
		variables[PreviousStderr] = o.Stderr
	}
	return variables
}
