import type { Component } from "../engine/component";
import { type EnsureOptions, ensureProgram, moduleFolder } from "./ensure";

const MODULE = "github.com/k8snetworkplumbingwg/sriov-network-operator";

/** What the SR-IOV network operator's API server asks before it takes a policy. */
export const OPERATOR_WEBHOOK: Component = {
  program: "webhook",
  module: "operator",
  goPackage: `${MODULE}/cmd/webhook`,
  variables: {},
  usual: 180,
  purpose: "the SR-IOV network operator's webhook",
  isStatic: true,
};

/** The operator's webhook, from the Go module of its release. */
export async function ensureOperatorWebhook(options: EnsureOptions): Promise<string> {
  return (await ensureProgram(OPERATOR_WEBHOOK, options)).file;
}

/** The operator's module: its definitions (config/crd/bases), its manifests (bindata), its list of NICs (deploy). */
export function operatorModule(): Promise<string> {
  return moduleFolder(OPERATOR_WEBHOOK, MODULE);
}
