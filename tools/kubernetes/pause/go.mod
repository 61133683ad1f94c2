module dpdk-fleet/kubernetes/pause

go 1.24.0
