import type { Component } from "../engine/component";
import { type EnsureOptions, ensureProgram, moduleFolder } from "./ensure";

const MODULE = "sigs.k8s.io/kwok";

/** Plays the kubelet of nodes that are not there: pods that are bound to them start, become ready and end, and nothing runs. */
export const KWOK: Component = {
  program: "kwok",
  module: "kwok",
  goPackage: `${MODULE}/cmd/kwok`,
  variables: {},
  usual: 180,
  purpose: "kwok",
  isStatic: true,
};

/**
 * The program from its Go module, and the module's own stages: what happens to a pod, one file a step.
 *
 * @throws EngineError if Go is missing, too old, or does not reach its modules.
 */
export async function ensureKwok(options: EnsureOptions): Promise<{ file: string; podStages: string }> {
  const { file } = await ensureProgram(KWOK, options);
  return { file, podStages: `${await moduleFolder(KWOK, MODULE)}/kustomize/stage/pod/fast` };
}
