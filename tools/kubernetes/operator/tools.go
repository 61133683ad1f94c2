//go:build tools

// Package operator exists for its go.mod: it pins the module of the SR-IOV network operator, which tests put before a real API server: custom
// resource definitions, chart, webhook and the operator itself. It has no code of its own.
package operator

import (
	_ "github.com/k8snetworkplumbingwg/sriov-network-operator"
	_ "github.com/k8snetworkplumbingwg/sriov-network-operator/cmd/webhook"
)
