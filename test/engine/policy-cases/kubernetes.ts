import { type Case, local, pod } from "./resources";

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
};
