// It is made for nodes of a fleet too, so it lies with the host plan.
export { type KubeletArgs, type KubeletNumaNode, kubeletConfiguration } from "../host/kubelet-plan";
