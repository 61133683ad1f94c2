package local

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"dpdk-fleet/engine/command-provider/capture"
	"dpdk-fleet/engine/command-provider/lifecycle"
)

// Process says how a command is run.
type Process struct {
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Results are what the command printed and which files it left.
type Results struct {
	lifecycle.Outputs
	Assets  *map[string]*types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                 `pulumi:"archive,optional"`
}

// Annotate describes the fields in the schema.
func (p *Process) Annotate(a infer.Annotator) {
	a.Describe(&p.Stdin, "What the command reads from its standard input.")
	a.Describe(&p.Logging, "Which streams are shown while the command runs. Both by default.")
	a.Describe(&p.Interpreter, "The program that gets the command as its last argument. `/bin/sh -c` by default.")
	a.Describe(&p.Dir, "The working directory.")
	a.Describe(&p.Environment, "Environment variables in addition to those of the engine.")
	a.Describe(&p.AssetPaths, "Globs of files to return as assets; one with a leading `!` excludes what came before it.")
	a.Describe(&p.ArchivePaths, "Globs of files to return as one archive; one with a leading `!` excludes.")
	a.Describe(&p.AddPreviousOutputInEnv,
		"Whether the previous output is in PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR. True by default.")
}

// Annotate describes the fields in the schema.
func (r *Results) Annotate(a infer.Annotator) {
	a.Describe(&r.Assets, "The files that `assetPaths` names, by their path relative to the working directory.")
	a.Describe(&r.Archive, "The files that `archivePaths` names.")
}

// run runs the command and replaces the results. They stay what they were where it fails.
func (p *Process) run(ctx context.Context, command string, results *Results) error {
	dir, err := p.workingDirectory()
	if err != nil {
		return err
	}
	output := capture.New(ctx, p.Logging.showsStdout(), p.Logging.showsStderr())
	args := append(p.interpreter(), command)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = p.environment(results)
	cmd.Stdout, cmd.Stderr = output.Stdout(), output.Stderr()
	if p.Stdin != nil && *p.Stdin != "" {
		cmd.Stdin = strings.NewReader(*p.Stdin)
	}
	printed, err := output.Finish(command, cmd.Run())
	if err != nil {
		return err
	}
	if err := p.collectFiles(dir, results); err != nil {
		return err
	}
	results.Outputs = printed
	return nil
}

func (p *Process) interpreter() []string {
	if p.Interpreter != nil && len(*p.Interpreter) > 0 {
		return append([]string{}, *p.Interpreter...)
	}
	return []string{"/bin/sh", "-c"}
}

func (p *Process) workingDirectory() (string, error) {
	if p.Dir != nil {
		return *p.Dir, nil
	}
	return os.Getwd()
}

func (p *Process) environment(previous *Results) []string {
	environment := os.Environ()
	if p.Environment != nil {
		for name, value := range *p.Environment {
			environment = append(environment, name+"="+value)
		}
	}
	for name, value := range previous.Previous(p.AddPreviousOutputInEnv) {
		environment = append(environment, name+"="+value)
	}
	return environment
}
