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

/** The operator itself: makes its webhook, its daemons, what a device plugin is told, and networks of pods. */
export const OPERATOR: Component = {
  ...OPERATOR_WEBHOOK,
  program: "sriov-network-operator",
  goPackage: MODULE,
  usual: 300,
  purpose: "the SR-IOV network operator",
};

/** The operator, from the Go module of its release. It reads manifests of the module's folder bindata, so it is started there. */
export async function ensureOperator(options: EnsureOptions): Promise<string> {
  return (await ensureProgram(OPERATOR, options)).file;
}

/** The operator's webhook, from the Go module of its release. */
export async function ensureOperatorWebhook(options: EnsureOptions): Promise<string> {
  return (await ensureProgram(OPERATOR_WEBHOOK, options)).file;
}

/** The operator's module: its definitions (config/crd/bases), manifests (bindata), list of NICs (deploy) and chart (deployment). */
export function operatorModule(): Promise<string> {
  return moduleFolder(OPERATOR_WEBHOOK, MODULE);
}
