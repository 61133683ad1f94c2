module dpdk-fleet/kubernetes/operator

go 1.24.0

require github.com/k8snetworkplumbingwg/sriov-network-operator v1.5.0
