import { HUGEPAGE_KIB } from "../host/hugepages";
import type { EnaInstance } from "./fleet-args";
import type { Refuse } from "./refusals";

/** What an instance is told at its first boot. */
export interface FirstBoot {
  readonly sshKeys: readonly string[];
  readonly hugepages: EnaInstance["hugepages"] | null;
}

/**
 * cloud-init's text: only what must be there before SSH. All else is the node agent's.
 *
 * - The users' keys, for the image's own user.
 * - **Host keys are made by the instance**, and cloud-init writes the public ones to the console before sshd answers. The operator reads them
 *   there through AWS's API (`hostKeyOfConsole`), under credentials and TLS of his own, and pins them before the first connection. A host key that
 *   is given here would be a secret which everybody reads who may describe the instance, and every process on it.
 * - Hugepages while memory is still whole: the kernel arguments of the host plan come after the first connection, and 1G pages cannot be
 *   had from a system that has run for a while. Once only: later boots are the kernel arguments' and the agent's.
 *
 * Pure. @throws AwsError where there is a secret in it, or more than AWS takes.
 */
export function userData({ sshKeys, hugepages }: FirstBoot, refuse: Refuse): string {
  const text = [
    "#cloud-config",
    "# Written by dpdk-fleet. No secrets: whoever may describe the instance reads this.",
    "disable_root: true",
    "ssh_pwauth: false",
    "ssh_authorized_keys:",
    ...sshKeys.map((key) => `  - ${JSON.stringify(key)}`),
    "# The image's own host keys, if it has any, are everybody's.",
    "ssh_deletekeys: true",
    "ssh_genkeytypes: [ed25519]",
    "ssh:",
    "  emit_keys_to_console: true",
    ...(hugepages === null ? [] : ["bootcmd:", ...(hugepages as Pages).pages.map(pageCommand(hugepages as Pages))]),
    "",
  ].join("\n");
  refuseSecret(text, refuse);
  // AWS, EC2, "Run commands when you launch an EC2 instance": 16 KB before base64.
  const bytes = Buffer.byteLength(text);
  if (bytes > 16384)
    refuse(
      `user data has ${bytes} bytes, and AWS takes 16384`,
      "write fewer access.sshKeys, or use an SSH certificate authority",
    );
  return text;
}

type Pages = NonNullable<EnaInstance["hugepages"]>;

/** bootcmd runs before the network and at every boot; cloud-init-per makes it once for an instance. */
function pageCommand({ size }: Pages): (count: number, node: number) => string {
  return (count, node) => {
    const file = `/sys/devices/system/node/node${node}/hugepages/hugepages-${HUGEPAGE_KIB[size]}kB/nr_hugepages`;
    const arguments_ = [
      "cloud-init-per",
      "instance",
      `hugepages-${size}-node${node}`,
      "sh",
      "-c",
      `echo ${count} > ${file}`,
    ];
    return `  - [${arguments_.map((each) => JSON.stringify(each)).join(", ")}]`;
  };
}

// The kinds that a person pastes: RFC 7468's armor, AWS's keys (IAM, "unique identifiers"), and a value under a secret's name.
// policies/secrets/kinds.ts knows more, and judges the same text at preview.
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a token", /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.)/],
  ["a password", /\b(password|passwd|secret|token|api_?key)\s*[=:]\s*\S{6,}/i],
];

/** The value is not repeated: an error is printed. */
export function refuseSecret(text: string, refuse: Refuse): void {
  const found = SECRETS.find(([, pattern]) => pattern.test(text));
  if (found === undefined) return;
  const line = text.split("\n").findIndex((each) => found[1].test(each)) + 1;
  refuse(
    `user data has ${found[0]} in line ${line}, and everybody who may describe the instance reads it`,
    "take it out of access.sshKeys; secrets reach a node over SSH",
  );
}
