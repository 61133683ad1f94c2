import type { Built } from "../engine/build";
import type { Component } from "../engine/component";
import { type EnsureOptions, ensureProgram } from "./ensure";

/** The release that clusters of this project's own run, in the lab and in tests. */
export const KUBERNETES_VERSION = "1.34.2";

const [major, minor] = KUBERNETES_VERSION.split(".");
const versions = "k8s.io/component-base/version";

export const KUBERNETES: Component = {
  program: "kubernetes",
  module: "programs",
  goPackage: ".",
  variables: {
    [`${versions}.gitVersion`]: `v${KUBERNETES_VERSION}`,
    [`${versions}.gitMajor`]: major as string,
    [`${versions}.gitMinor`]: minor as string,
  },
  usual: 420,
  purpose: "Kubernetes",
  isStatic: true, // the kubelet goes into a guest
};

/** The SR-IOV network device plugin as it is; no file of it can be had but by its module. */
export const DEVICE_PLUGIN: Component = {
  program: "sriovdp",
  module: "device-plugin",
  goPackage: "github.com/k8snetworkplumbingwg/sriov-network-device-plugin/cmd/sriovdp",
  variables: {},
  usual: 100,
  purpose: "the SR-IOV device plugin",
  isStatic: true, // it is all that its image has
};

/** What holds a pod's namespaces. */
export const PAUSE: Component = {
  program: "pause",
  module: "pause",
  goPackage: ".",
  variables: {},
  usual: 15,
  purpose: "the lab's pods",
  isStatic: true,
};

/**
 * Makes etcd, the API server, the controller manager, the scheduler, the kubelet and kubectl as one program, from Go modules, unless the
 * cache has it: `kubernetes kube-apiserver …`, or the file under one of their names.
 *
 * @throws EngineError if Go is missing, too old, or does not reach its modules.
 */
export function ensureKubernetes(options: EnsureOptions): Promise<Built> {
  return ensureProgram(KUBERNETES, options);
}

/**
 * Makes what a cluster of the lab runs in its guests, unless the cache has it: the device plugin, and what holds a pod's namespaces.
 *
 * @throws EngineError as `ensureKubernetes`.
 */
export async function ensurePodPrograms(options: EnsureOptions): Promise<{ devicePlugin: Built; pause: Built }> {
  const devicePlugin = await ensureProgram(DEVICE_PLUGIN, options);
  return { devicePlugin, pause: await ensureProgram(PAUSE, options) };
}
