//go:build tools

// Package cli exists for its go.mod: it pins the module that the Pulumi command line is built from. It has no code of its own.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
