import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { LabError } from "../errors";
import type { ControlPlaneSpec } from "./spec";

/** Who enters the API server, by the name of its certificate and kubeconfig: users and groups that Kubernetes' own roles are bound to. */
function clientsOf(nodes: readonly string[]): Record<string, { user: string; groups: string[] }> {
  return {
    admin: { user: "operator", groups: ["system:masters"] },
    "kube-controller-manager": { user: "system:kube-controller-manager", groups: [] },
    "kube-scheduler": { user: "system:kube-scheduler", groups: [] },
    "apiserver-to-kubelet": { user: "apiserver-to-kubelet", groups: ["system:masters"] },
    ...Object.fromEntries(
      nodes.map((node) => [`node-${node}`, { user: `system:node:${node}`, groups: ["system:nodes"] }]),
    ),
  };
}

/** The operator's kubeconfig. */
export function kubeconfigFile(folder: string): string {
  return join(folder, "admin.kubeconfig");
}

/**
 * Certificates and kubeconfigs of a control plane; those that are there for the same nodes, hosts and port stay. The authority's key is made
 * anew with them: what was given out before is worth nothing then.
 */
export function makeAccess(spec: ControlPlaneSpec): void {
  const folder = join(spec.folder, "certificates");
  if (!hasAccess(spec)) {
    const asked = askedFor(spec);
    const made = spawnSync(spec.program, ["certificates"], { input: asked, encoding: "utf8" });
    if (made.error !== undefined || made.status !== 0)
      throw new LabError(
        `the control plane's certificates were not made: ${made.error?.message ?? made.stderr.trim()}`,
        "run this again",
      );
    writeFileSync(join(folder, STAMP), asked);
  }
  for (const name of Object.keys(clientsOf(spec.nodes))) {
    const server = `https://${name.startsWith("node-") ? (spec.hosts[0] ?? "127.0.0.1") : "127.0.0.1"}:${spec.ports.api}`;
    const text = kubeconfig(server, name, (file) => readFileSync(join(folder, file)).toString("base64"));
    writeFileSync(join(spec.folder, `${name}.kubeconfig`), text, { mode: 0o600 });
  }
}

/** Whether the certificates that are there are those that are wanted. */
export function hasAccess(spec: ControlPlaneSpec): boolean {
  const stamp = join(spec.folder, "certificates", STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === askedFor(spec);
}

const STAMP = "asked.json";

function askedFor({ folder, hosts, nodes }: ControlPlaneSpec): string {
  return JSON.stringify({
    folder: join(folder, "certificates"),
    hosts: ["127.0.0.1", "localhost", "kubernetes.default.svc", ...hosts],
    clients: clientsOf(nodes),
  });
}

/** Everything within, so that it can be copied to another machine as one file. */
export function kubeconfig(server: string, client: string, read: (file: string) => string): string {
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, "certificate-authority-data": read("ca.crt") } }],
    users: [
      {
        name: client,
        user: { "client-certificate-data": read(`${client}.crt`), "client-key-data": read(`${client}.key`) },
      },
    ],
    contexts: [{ name: "lab", context: { cluster: "lab", user: client } }],
    "current-context": "lab",
  });
}
