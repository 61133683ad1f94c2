import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnection } from "./connection";

/** What a `command:local:Command` needs to run its command on a node. */
export interface SshClient {
  interpreter: string[];
  environment: Record<string, pulumi.Input<string>>;
}

// The script itself and no path to it: a checkout in another folder changes no resource.
const script = readFileSync(join(__dirname, "ssh-client.sh"), "utf8");

/** Signs of life: the seconds between two, and how many may be missed. An emulated guest that polls was silent for a minute. */
const signsOfLife = { seconds: 10, missed: 9 };
const connectSeconds = 15;

/**
 * OpenSSH's client as the interpreter of a local command. The command provider's own client has no keepalive, and behind a bastion
 * nothing else notices a node that has gone (TCP's keepalive ends at the bastion): an `up` whose node lost its power in the middle
 * would wait for ever. So what takes long, and lives through reboots, goes this way.
 */
export function sshClient(to: SshConnection): SshClient {
  const { via } = to;
  return {
    interpreter: ["/bin/sh", "-c", script, "ssh-client"],
    environment: {
      SSH_CONFIG: sshConfig(to),
      SSH_KNOWN_HOSTS: pulumi
        .all([to.hostKey, via?.hostKey ?? ""])
        .apply(([node, bastion]) => knownHosts(node, via === undefined ? null : bastion)),
      ...(to.privateKey === undefined ? {} : { SSH_NODE_KEY: to.privateKey }),
      ...(via?.privateKey === undefined ? {} : { SSH_BASTION_KEY: via.privateKey }),
    },
  };
}

/** The client's configuration; its relative paths are those of the script's own folder. */
export function sshConfig(to: SshConnection, alive = signsOfLife): string {
  const { via } = to;
  const hops = [...hop("node", to, via !== undefined), ...(via === undefined ? [] : hop("bastion", via, false))];
  return [
    ...hops,
    "Host *",
    "  BatchMode yes",
    "  StrictHostKeyChecking yes",
    "  UserKnownHostsFile known_hosts",
    "  GlobalKnownHostsFile /dev/null",
    "  UpdateHostKeys no",
    "  ControlPath none",
    `  ConnectTimeout ${connectSeconds}`,
    `  ServerAliveInterval ${alive.seconds}`,
    `  ServerAliveCountMax ${alive.missed}`,
  ].join("\n");
}

function hop(name: "node" | "bastion", to: SshConnection, behindBastion: boolean): string[] {
  return [
    `Host ${name}`,
    `  HostName ${word(to.host)}`,
    `  HostKeyAlias ${name}`,
    `  Port ${to.port}`,
    `  User ${word(to.user)}`,
    ...(to.privateKey === undefined
      ? []
      : [`  IdentityFile ${name}_key`, "  IdentitiesOnly yes", "  IdentityAgent none"]),
    ...(to.privateKey !== undefined || to.agentSocket === undefined
      ? []
      : [`  IdentityAgent "${word(to.agentSocket)}"`]),
    ...(behindBastion ? ["  ProxyJump bastion"] : []),
  ];
}

/** Lines of known_hosts, under the names that `HostKeyAlias` gives. */
export function knownHosts(node: string, bastion: string | null): string {
  return [`node ${node.trim()}`, ...(bastion === null ? [] : [`bastion ${bastion.trim()}`])].join("\n");
}

/** A value of a configuration file: one that could begin a line of its own, or end a quotation, is refused. */
function word(value: string): string {
  if (/^[^\s"'\\]+$/.test(value)) return value;
  throw new RangeError(
    `${JSON.stringify(value)} cannot stand in an ssh configuration; take blanks and quotes out of it`,
  );
}
