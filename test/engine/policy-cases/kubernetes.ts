import { type Case, local, pod } from "./resources";

const huge = { resources: { limits: { "hugepages-1Gi": "1Gi" } } };
const device = { resources: { limits: { "intel.com/e810_vfio": "1" } } };
const volume = (path: string) => ({ volumes: [{ name: "host", hostPath: { path } }] });

export const kubernetes: Readonly<Record<string, Case>> = {
  "dpdk-image-by-digest": {
    violates: [local("true dpdk-node-agent converge --image registry.example.com/node:latest"), /which has no digest/],
    unknown: local("LATER"),
  },
  "dpdk-hugepages-request-is-limit": {
    violates: [
      pod({ resources: { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } } }),
      /requests 1Gi of hugepages-1Gi and its limit is 2Gi/,
    ],
    unknown: pod({ resources: { limits: { "hugepages-1Gi": "LATER" } } }),
  },
  "dpdk-hugepages-with-cpu-and-memory": {
    violates: [pod(huge), /has hugepages-1Gi and neither cpu nor memory/],
    unknown: pod({ resources: "LATER" }),
  },
  "dpdk-hugepages-mounted": {
    violates: [pod(huge), /has hugepages-1Gi and mounts no emptyDir/],
    unknown: pod({ ...huge, volumeMounts: "LATER" }, { volumes: [{ name: "h", emptyDir: { medium: "HugePages" } }] }),
  },
  "dpdk-hugepages-of-1gi": {
    violates: [pod({ resources: { limits: { "hugepages-2Mi": "64Mi" } } }), /has hugepages-2Mi, and pages of 1 GiB/],
    unknown: pod({ resources: "LATER" }),
  },
  "dpdk-guaranteed-whole-cpus": {
    violates: [pod(huge), /has no limit of cpu, so the pod is not Guaranteed/],
    unknown: pod({ resources: { limits: { "hugepages-1Gi": "1Gi", cpu: "LATER" } } }),
  },
  "dpdk-not-privileged": {
    violates: [pod({ securityContext: { privileged: true } }), /\(node\) is privileged/],
    unknown: pod({ securityContext: { privileged: "LATER" } }),
  },
  "dpdk-capabilities-of-nic": {
    violates: [
      pod({ securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }),
      /adds SYS_ADMIN, which makes it root/,
    ],
    unknown: pod({ securityContext: { capabilities: { add: ["LATER"] } } }),
  },
  "dpdk-ipc-lock-with-device": {
    violates: [pod(device), /has intel\.com\/e810_vfio and not the capability IPC_LOCK/],
    unknown: pod({ ...device, securityContext: { capabilities: { add: ["LATER"] } } }),
  },
  "dpdk-no-host-devices": {
    violates: [pod(device, volume("/dev/vfio")), /is hostPath \/dev\/vfio of the node/],
    unknown: pod(device, volume("LATER")),
  },
  "dpdk-no-host-kubeconfig": {
    violates: [pod({}, volume("/root/.kube")), /is hostPath \/root\/\.kube, an administrator's kubeconfig/],
    unknown: pod({}, volume("LATER")),
  },
  "dpdk-seccomp-profile": {
    violates: [pod(device), /has no seccomp profile/],
    unknown: pod(device, { securityContext: { seccompProfile: { type: "LATER" } } }),
  },
};
