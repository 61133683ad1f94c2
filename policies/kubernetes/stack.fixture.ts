import type { StackResource } from "../resource.fixture";

type Props = StackResource["props"];

/** A resource of Kubernetes, as `apps/v1:Deployment`. */
export function made(kind: string, name: string, props: object): StackResource {
  return { type: `kubernetes:${kind}`, name, props: props as Props };
}

export interface PodParts {
  readonly namespace?: string;
  readonly labels?: object | string;
  readonly annotations?: object | string;
  /** The container's, `node`. */
  readonly container?: object;
  readonly spec?: object;
  /** Of the workload. */
  readonly workload?: object;
}

/** A workload with one container. */
export function workload(name: string, parts: PodParts = {}, kind = "apps/v1:Deployment"): StackResource {
  const { namespace, labels = {}, annotations = {}, container = {}, spec = {} } = parts;
  return made(kind, name, {
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: "node", image: "node", ...container }], ...spec },
      },
      ...parts.workload,
    },
  });
}

/** A NetworkAttachmentDefinition. */
export function network(name: string, namespace?: string, resource?: string): StackResource {
  return made("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", name, {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resource === undefined ? {} : { annotations: { "k8s.v1.cni.cncf.io/resourceName": resource } }),
    },
  });
}

export function sriovNetwork(name: string, namespace: string, spec: object): StackResource {
  return made("sriovnetwork.openshift.io/v1:SriovNetwork", name, { metadata: { name, namespace }, spec });
}

export const onNetworks = (networks: string) => ({ "k8s.v1.cni.cncf.io/networks": networks });
export const devices = (amounts: object) => ({ resources: { limits: amounts } });
