import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Built, build } from "../engine/build";
import type { Component } from "../engine/component";
import { removeStale } from "../engine/partial";

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

/**
 * Makes etcd, the API server, the controller manager, the scheduler, the kubelet and kubectl as one program, from Go modules, unless the
 * cache has it: `kubernetes kube-apiserver …`, or the file under one of their names.
 *
 * @throws EngineError if Go is missing, too old, or does not reach its modules.
 */
export async function ensureKubernetes(options: {
  cacheFolder: string;
  log: (line: string) => void;
  signal?: AbortSignal;
}): Promise<Built> {
  const cacheFolder = resolve(options.cacheFolder);
  await mkdir(join(cacheFolder, "engine"), { recursive: true });
  await removeStale(join(cacheFolder, "engine"));
  const { signal } = options;
  return build(KUBERNETES, cacheFolder, options.log, {
    sources: __dirname,
    ...(signal === undefined ? {} : { signal }),
  });
}
