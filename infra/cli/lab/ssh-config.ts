import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetConnections } from "../../../components/fleet/types";
import { type Endpoint, guestFolder, hostKeyFile, routeTo } from "../../ssh-address";
import type { LabSettings } from "./settings";

/** Writes the files by which the system's `ssh` enters the fleet's nodes by name: `ssh -F FILE alpha`. Answers FILE. */
export function writeSshConfig(settings: LabSettings, fleet: FleetConnections, folder = settings.labFolder): string {
  const known = join(folder, "known_hosts");
  const blocks: string[] = [];
  const keys = new Set<string>();
  for (const node of fleet.nodes) {
    const route = routeTo(fleet, node, settings);
    blocks.push(hostBlock(node.name, route.node, route.via === undefined ? undefined : `${node.name}-bastion`));
    if (route.via !== undefined) blocks.push(hostBlock(`${node.name}-bastion`, route.via, undefined));
    for (const at of [route.node, route.via]) {
      const key = at === undefined ? undefined : hostKeyText(at, settings.labFolder);
      if (at !== undefined && key !== undefined) keys.add(`${knownName(at)} ${key}`);
    }
  }
  writeFileSync(known, `${[...keys].join("\n")}\n`);
  const file = join(folder, "ssh_config");
  writeFileSync(file, `${blocks.join("\n")}${common(known)}`);
  return file;
}

function hostBlock(name: string, at: Endpoint, bastion: string | undefined): string {
  const lines = [
    `Host ${name}`,
    `  HostName ${at.host}`,
    `  Port ${at.port}`,
    `  User ${at.user}`,
    ...(at.keyFile === undefined ? [] : [`  IdentityFile "${at.keyFile}"`, "  IdentitiesOnly yes"]),
    ...(at.agentSocket === undefined ? [] : [`  IdentityAgent "${at.agentSocket}"`]),
    ...(bastion === undefined ? [] : [`  ProxyJump ${bastion}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A dead peer is noticed after 90 s, which the command provider would never do; an emulated guest that polls is not dead. */
function common(known: string): string {
  return `
Host *
  UserKnownHostsFile "${known}"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 60
  ServerAliveInterval 10
  ServerAliveCountMax 9
`;
}

function hostKeyText(at: Endpoint, labFolder: string): string | undefined {
  if ("text" in at.hostKey) return at.hostKey.text;
  const file =
    "machine" in at.hostKey
      ? join(guestFolder(labFolder, at.hostKey.machine), "ssh_host_ed25519_key.pub")
      : hostKeyFile(labFolder, at.hostKey.instance);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

function knownName(at: Endpoint): string {
  return at.port === 22 ? at.host : `[${at.host}]:${at.port}`;
}
