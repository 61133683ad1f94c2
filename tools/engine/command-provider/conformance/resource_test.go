package conformance

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	sdkplugin "github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	remoteCommand = "command:remote:Command"
	copyToRemote  = "command:remote:CopyToRemote"
	copyFile      = "command:remote:CopyFile"
	localCommand  = "command:local:Command"
)

// Props are inputs or outputs as a program writes them.
type Props = map[string]any

// res is one resource as the engine knows it.
type res struct {
	plugin  *plugin
	token   string
	id      string
	inputs  resource.PropertyMap
	outputs resource.PropertyMap
	timeout time.Duration // customTimeouts; zero: none
}

func (r *res) urn() string { return "urn:pulumi:test::conformance::" + r.token + "::it" }

func marshal(t *testing.T, props resource.PropertyMap) *structpb.Struct {
	t.Helper()
	sent, err := sdkplugin.MarshalProperties(props, sdkplugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true, ComputeAssetHashes: true,
	})
	must(t, err)
	return sent
}

func unmarshal(t *testing.T, sent *structpb.Struct) resource.PropertyMap {
	t.Helper()
	props, err := sdkplugin.UnmarshalProperties(sent, sdkplugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	must(t, err)
	return props
}

// newResource checks the inputs, which also fills in the defaults.
func newResource(t *testing.T, p *plugin, token string, inputs Props) *res {
	t.Helper()
	r := &res{plugin: p, token: token}
	checked, failures := r.check(t, inputs)
	if len(failures) > 0 {
		t.Fatalf("check of %s: %v", token, failures)
	}
	r.inputs = checked
	return r
}

func (r *res) check(t *testing.T, inputs Props) (resource.PropertyMap, []*pulumirpc.CheckFailure) {
	t.Helper()
	response, err := r.plugin.Check(t.Context(), &pulumirpc.CheckRequest{
		Urn: r.urn(), Name: "it", Type: r.token, News: marshal(t, resource.NewPropertyMapFromMap(inputs)),
	})
	must(t, err)
	return unmarshal(t, response.GetInputs()), response.GetFailures()
}

func (r *res) createWithin(ctx context.Context, t *testing.T, preview bool) error {
	t.Helper()
	response, err := r.plugin.Create(ctx, &pulumirpc.CreateRequest{
		Urn: r.urn(), Name: "it", Type: r.token, Properties: marshal(t, r.inputs),
		Timeout: r.timeout.Seconds(), Preview: preview,
	})
	if err != nil {
		return plain(err)
	}
	r.id, r.outputs = response.GetId(), unmarshal(t, response.GetProperties())
	return nil
}

// create gives the provider's error as the user reads it.
func (r *res) create(t *testing.T) error {
	t.Helper()
	return r.createWithin(t.Context(), t, false)
}

// created is a resource whose create must pass.
func created(t *testing.T, p *plugin, token string, inputs Props) *res {
	t.Helper()
	r := newResource(t, p, token, inputs)
	must(t, r.create(t))
	return r
}

func (r *res) update(t *testing.T, inputs Props) error {
	t.Helper()
	news := newResource(t, r.plugin, r.token, inputs).inputs
	response, err := r.plugin.Update(t.Context(), &pulumirpc.UpdateRequest{
		Id: r.id, Urn: r.urn(), Name: "it", Type: r.token, Timeout: r.timeout.Seconds(),
		Olds: marshal(t, r.outputs), News: marshal(t, news), OldInputs: marshal(t, r.inputs),
	})
	if err != nil {
		return plain(err)
	}
	r.inputs, r.outputs = news, unmarshal(t, response.GetProperties())
	return nil
}

func (r *res) diff(t *testing.T, inputs Props) *pulumirpc.DiffResponse {
	t.Helper()
	news := newResource(t, r.plugin, r.token, inputs).inputs
	response, err := r.plugin.Diff(t.Context(), &pulumirpc.DiffRequest{
		Id: r.id, Urn: r.urn(), Name: "it", Type: r.token,
		Olds: marshal(t, r.outputs), News: marshal(t, news), OldInputs: marshal(t, r.inputs),
	})
	must(t, err)
	return response
}

// replaces is the engine's answer: the provider says so, or a changed path is one of the SDK's replaceOnChanges, which for
// all of these resources is triggers[*].
func replaces(diff *pulumirpc.DiffResponse) bool {
	for path := range diff.GetDetailedDiff() {
		if strings.HasPrefix(path, "triggers[") {
			return true
		}
	}
	return len(diff.GetReplaces()) > 0
}

func (r *res) delete(t *testing.T) error {
	t.Helper()
	_, err := r.plugin.Delete(t.Context(), &pulumirpc.DeleteRequest{
		Id: r.id, Urn: r.urn(), Name: "it", Type: r.token, Timeout: r.timeout.Seconds(),
		Properties: marshal(t, r.outputs), OldInputs: marshal(t, r.inputs),
	})
	return plain(err)
}

// out is an output that is a text.
func (r *res) out(t *testing.T, name resource.PropertyKey) string {
	t.Helper()
	value := r.outputs[name]
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		t.Fatalf("%s of %s is no text: %v", name, r.token, value)
	}
	return value.StringValue()
}

// plain takes gRPC's own words off an error.
func plain(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(status.Convert(err).Message())
}

func expectError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("passed, expected an error with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("expected %q in: %v", part, err)
		}
	}
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, expected %v", what, got, want)
	}
}

// with copies inputs and changes some; nil takes one away.
func with(inputs Props, changes Props) Props {
	changed := Props{}
	for name, value := range inputs {
		changed[name] = value
	}
	for name, value := range changes {
		changed[name] = value
		if value == nil {
			delete(changed, name)
		}
	}
	return changed
}
