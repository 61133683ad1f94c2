import { z } from "zod";
import { account, count, field, name, text } from "./fields";

const HOST_KEY = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?$/;

const hostKey = () =>
  text(HOST_KEY, "must be a public host key such as `ssh-ed25519 AAAA…`, as ssh-keyscan prints it after the name");

const host = () => text(/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/, "must be a host name or an IP address");

const path = () => text(/^(\/|~\/).+/, "must be an absolute path, or one that starts with ~/");

const identity = z
  .strictObject({
    agent: field(
      z.union([z.literal(true), path()], { error: "must be true or the path of the agent's socket" }).optional(),
      "Sign with the operator's ssh-agent: true takes SSH_AUTH_SOCK, a path another socket. Default: true.",
      { reboot: false, example: true },
    ),
    file: field(
      path().optional(),
      "Private key file on the operator's machine, read when the program runs. Never the key itself: a fleet " +
        "file is shared.",
      { reboot: false, example: "~/.ssh/dpdk-fleet" },
    ),
  })
  .meta({ description: "How to prove who one is: the ssh-agent or a private key file, one of the two." });

const hop = z.strictObject({
  host: field(host().optional(), "Name or address of the bastion, as the operator reaches it.", {
    reboot: false,
    example: "bastion.example.net",
  }),
  machine: field(name().optional(), "A virtual machine of the lab as bastion; instead of host, port and hostKey.", {
    reboot: false,
    example: "alpha",
  }),
  port: field(count(1, 65535).optional(), "TCP port. Default: 22.", { reboot: false, example: 2222 }),
  user: field(account().optional(), "Login. Default: root.", { reboot: false, example: "jump" }),
  hostKey: field(hostKey().optional(), "The bastion's public host key; required with host.", {
    reboot: false,
    example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB…",
  }),
  identity: identity.optional(),
});

const via = z.array(
  z.union([name(), hop], { error: "must be the name of a node, or a bastion with host and hostKey" }),
);

/** How a node is reached over SSH. */
export const sshSchema = z
  .strictObject({
    host: field(
      host().optional(),
      "Name or address of the node as its bastion (or the operator) reaches it; required without machine. Default, of an " +
        "instance: its management interface's address.",
      {
        reboot: false,
        example: "192.0.2.11",
      },
    ),
    port: field(count(1, 65535).optional(), "TCP port. Default: 22.", { reboot: false, example: 22 }),
    user: field(account().optional(), "Login. Default: root; of an instance its image's user.", {
      reboot: false,
      example: "operator",
    }),
    hostKey: field(
      hostKey().optional(),
      "The node's public host key. Required without machine: an unknown host is never trusted. Default, of an instance: what its " +
        "console shows. " +
        "`ssh-keyscan -t ed25519 HOST` prints it; compare it with the node's console before you write it here.",
      { reboot: false, example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB…" },
    ),
    identity: identity.optional(),
    sudo: field(
      z.boolean().optional(),
      "Whether the node agent is run through sudo, which must not ask for a password. Default: true unless user " +
        "is root.",
      { reboot: false, example: true },
    ),
    via: field(
      via.default([]),
      "Bastions between the operator and the node, nearest first: names of nodes of this file, or hosts. " +
        "One at most: the command provider opens a single hop.",
      { reboot: false, example: ["alpha"] },
    ),
  })
  .meta({ description: "How the node is reached over SSH." });

export type SshInput = z.output<typeof sshSchema>;
export type HopInput = Exclude<SshInput["via"][number], string>;
export type IdentityInput = z.output<typeof identity>;
