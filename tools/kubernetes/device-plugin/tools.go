//go:build tools

// Package device_plugin exists for its go.mod: it pins the SR-IOV network device plugin, whose program is built as it is.
package device_plugin

import _ "github.com/k8snetworkplumbingwg/sriov-network-device-plugin/cmd/sriovdp"
