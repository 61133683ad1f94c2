import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

type Props = Record<string, JavaScriptValue>;

export const podType = "kubernetes:core/v1:Pod";
export const digest = `@sha256:${"0".repeat(64)}`;

/** A container as it should be: one virtual function of vfio-pci, pages of 1 GiB, whole CPUs. */
export const rightContainer: Props = {
  name: "node",
  image: `registry.example.com/node${digest}`,
  resources: {
    limits: { cpu: "4", memory: "2Gi", "hugepages-1Gi": "4Gi", "intel.com/e810_vfio": "1" },
  },
  securityContext: { capabilities: { drop: ["ALL"], add: ["IPC_LOCK"] } },
  volumeMounts: [{ name: "hugepages", mountPath: "/dev/hugepages" }],
};

export const rightSpec: Props = {
  securityContext: { seccompProfile: { type: "RuntimeDefault" } },
  volumes: [{ name: "hugepages", emptyDir: { medium: "HugePages-1Gi" } }],
};

/** A pod that breaks no rule, with these changes to its container, its spec and its metadata. */
export function dpdkPod(container: Props = {}, spec: Props = {}, metadata: Props = {}): Props {
  return { metadata, spec: { ...rightSpec, containers: [{ ...rightContainer, ...container }], ...spec } };
}

/** The resources of the right container with these limits; `undefined` takes one out. */
export function limited(changes: Record<string, JavaScriptValue | undefined>): Props {
  const limits = { ...(rightContainer.resources as { limits: Props }).limits, ...changes };
  return {
    resources: {
      limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as Props,
    },
  };
}

/** A plain pod of something else. */
export const webPod: Props = { spec: { containers: [{ name: "web", image: `registry.example.com/web${digest}` }] } };

/** A pod that brings devices to others, known by its image. */
export const pluginPod = (container: Props = {}, spec: Props = {}): Props => ({
  spec: {
    containers: [{ name: "plugin", image: `ghcr.io/x/sriov-network-device-plugin${digest}`, ...container }],
    ...spec,
  },
});
