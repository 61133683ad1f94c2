import type { StackResource } from "../resource.fixture";
import type { HostPlan } from "./plan";
import { plan } from "./plan.fixture";

type Props = StackResource["props"];

export const key = (which: string, kind = "ssh-ed25519") => `${kind} AAAA${which}`;

/** A raw command over SSH. */
export const remote = (
  name: string,
  connection: object,
  dependencies: StackResource["dependencies"] = {},
): StackResource => ({
  type: "command:remote:Command",
  name,
  props: { create: "true", connection: { ...connection } },
  dependencies,
});

/** A component that commands are of. */
export const host = (name: string): StackResource => ({ type: "dpdk-fleet:host:DpdkHost", name, props: {} });

/** This package's converge command of a node. */
export function converge(
  node: string,
  at: string,
  hostKey: string,
  changes: Partial<HostPlan> = {},
  via = "",
): StackResource {
  const bastion = via === "" ? "" : `\nHost bastion\n  HostName ${via}\n  Port 2200`;
  const props: Props = {
    stdin: JSON.stringify(plan({ node, ...changes })),
    environment: {
      SSH_CONFIG: `Host node\n  HostName ${at}\n  HostKeyAlias node\n  Port 22${bastion}\nHost *\n  BatchMode yes`,
      SSH_KNOWN_HOSTS: `node ${hostKey}\nbastion ${key("bastion")}`,
    },
  };
  return { type: "command:local:Command", name: `${node}-converge`, props };
}
