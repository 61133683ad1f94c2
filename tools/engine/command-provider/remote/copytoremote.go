package remote

import (
	"context"

	"github.com/pkg/sftp"
	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote. It has no delete: what was copied stays.
type CopyToRemote struct{}

// CopyToRemoteInputs are its arguments.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection"        provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// CopyToRemoteOutputs are its properties.
type CopyToRemoteOutputs struct{ CopyToRemoteInputs }

// Annotate describes the resource in the schema.
func (c *CopyToRemote) Annotate(a infer.Annotator) {
	a.Describe(&c, "Copies a file, a text or a folder to another machine, over SFTP and with the login's own rights.")
}

// Annotate describes the fields in the schema.
func (c *CopyToRemoteInputs) Annotate(a infer.Annotator) {
	a.Describe(&c.Connection, "How the machine is reached.")
	a.Describe(&c.Triggers, "Values of any type; the resource is replaced when one of them changes.")
	a.Describe(&c.Source, "A FileAsset, a StringAsset or a FileArchive. An archive file is copied as it is.")
	a.Describe(&c.RemotePath, "Where it goes. Missing parent folders are made; into an existing folder it is put under its name.")
}

// Check refuses sources that are not on this machine's disk, except texts.
func (*CopyToRemote) Check(
	ctx context.Context, req infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, req.NewInputs)
	response := infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}
	if err != nil {
		return response, err
	}
	asset, archive := inputs.Source.Asset, inputs.Source.Archive
	refuse := func(property, reason string) {
		response.Failures = append(response.Failures, provider.CheckFailure{Property: property, Reason: reason})
	}
	switch {
	case asset != nil && archive != nil:
		refuse("asset", "only one of asset or archive can be set")
	case asset == nil && archive == nil:
		refuse("asset", "either asset or archive must be set")
	case asset != nil && !asset.IsPath() && !asset.IsText():
		refuse("asset", "asset must be a path-based file asset or a text asset")
	case archive != nil && !archive.IsPath():
		refuse("archive", "archive must be a path to a file or directory")
	}
	return response, nil
}

// Create copies.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyToRemoteInputs],
) (infer.CreateResponse[CopyToRemoteOutputs], error) {
	response := infer.CreateResponse[CopyToRemoteOutputs]{Output: CopyToRemoteOutputs{req.Inputs}}
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

// Update copies again where the content or the path changed; a change of the connection alone copies nothing.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteOutputs],
) (infer.UpdateResponse[CopyToRemoteOutputs], error) {
	response := infer.UpdateResponse[CopyToRemoteOutputs]{Output: CopyToRemoteOutputs{req.Inputs}}
	changed := req.Inputs.hash() != req.State.hash() || req.Inputs.RemotePath != req.State.RemotePath
	if req.DryRun || !changed {
		return response, nil
	}
	return response, req.Inputs.copy(ctx)
}

func (c *CopyToRemoteInputs) hash() string {
	if c.Source.Archive != nil {
		return c.Source.Archive.Hash
	}
	return c.Source.Asset.Hash
}

func (c *CopyToRemoteInputs) copy(ctx context.Context) error {
	client, err := c.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	transfer, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return err
	}
	defer transfer.Close()
	switch {
	case c.Source.Asset == nil:
		return copyPath(transfer, c.Source.Archive.Path, c.RemotePath)
	case c.Source.Asset.IsText():
		return copyText(transfer, c.Source.Asset.Text, c.RemotePath)
	default:
		return copyPath(transfer, c.Source.Asset.Path, c.RemotePath)
	}
}
