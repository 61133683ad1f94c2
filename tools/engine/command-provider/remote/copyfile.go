package remote

import (
	"context"
	"os"

	"github.com/pkg/sftp"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyFile is the resource command:remote:CopyFile, which 1.2.1 still has beside CopyToRemote. Any change replaces it.
type CopyFile struct{}

// CopyFileInputs are its arguments.
type CopyFileInputs struct {
	Connection *Connection `pulumi:"connection"        provider:"secret"`
	Triggers   *[]any      `pulumi:"triggers,optional"`
	LocalPath  string      `pulumi:"localPath"`
	RemotePath string      `pulumi:"remotePath"`
}

// CopyFileOutputs are its properties.
type CopyFileOutputs struct{ CopyFileInputs }

// Annotate describes the resource in the schema.
func (c *CopyFile) Annotate(a infer.Annotator) {
	a.Describe(&c, "Copies a file to another machine.")
	a.Deprecate(&c, "This resource is deprecated and will be removed in a future release. "+
		"Please use the `CopyToRemote` resource instead.")
}

// Annotate describes the fields in the schema.
func (c *CopyFileInputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Connection, "How the machine is reached.")
	a.Describe(&c.Triggers, "Values of any type; the resource is replaced when one of them changes.")
	a.Describe(&c.LocalPath, "The file on this machine.")
	a.Describe(&c.RemotePath, "The file on the other machine.")
}

// Create copies.
func (*CopyFile) Create(
	ctx context.Context, req infer.CreateRequest[CopyFileInputs],
) (infer.CreateResponse[CopyFileOutputs], error) {
	response := infer.CreateResponse[CopyFileOutputs]{Output: CopyFileOutputs{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	if err := req.Inputs.copy(ctx); err != nil {
		return response, err
	}
	id, err := resource.NewUniqueHex("", 8, 0)
	response.ID = id
	return response, err
}

func (c *CopyFileInputs) copy(ctx context.Context) error {
	if _, err := os.Stat(c.LocalPath); err != nil {
		return err // before the dial: a missing file must not cost the dials' time
	}
	client, err := c.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	transfer, err := sftp.NewClient(client)
	if err != nil {
		return err
	}
	defer transfer.Close()
	return copyFile(transfer, c.LocalPath, c.RemotePath)
}
