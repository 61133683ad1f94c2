package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Logging says which streams are shown while a command runs. Each package has its own: the schema has one enum a module.
type Logging string

// The values of Logging.
const (
	LogStdout Logging = "stdout"
	LogStderr Logging = "stderr"
	LogBoth   Logging = "stdoutAndStderr"
	LogNone   Logging = "none"
)

// Values lists the enum for the schema.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: string(LogStdout), Value: LogStdout, Description: "Show standard output only."},
		{Name: string(LogStderr), Value: LogStderr, Description: "Show standard error only."},
		{Name: string(LogBoth), Value: LogBoth, Description: "Show standard output and standard error."},
		{Name: string(LogNone), Value: LogNone, Description: "Show nothing."},
	}
}

func (l *Logging) showsStdout() bool { return l == nil || *l == LogStdout || *l == LogBoth }

func (l *Logging) showsStderr() bool { return l == nil || *l == LogStderr || *l == LogBoth }
