import { isIPv6 } from "node:net";
import { UDP_PORT } from "../host/config-toml";
import { parseCidr } from "./cidr";
import type { EnaFleetArgs } from "./fleet-args";
import { rangeOf } from "./network-mistakes";
import type { Refuse } from "./refusals";

/** Ways into the nodes that are open to everybody, or not there at all; and keys that are none. */
export function refuseAccess({ access, peers = [], peerPort = UDP_PORT, network }: EnaFleetArgs, refuse: Refuse): void {
  const { sshFrom = [], sessionManager = false, sshKeys } = access;
  if (sshFrom.length === 0 && !sessionManager)
    refuse("access lets nobody in", "write sshFrom with the operators' ranges, or sessionManager: true");
  sshFrom.forEach((range, at) => {
    refuseWorld(`access.sshFrom[${at}]`, range, refuse);
  });
  if (sshFrom.length > 0 && network.kind === "new" && !sessionManager && sshFrom.every((range) => range.includes(":")))
    refuse("access.sshFrom has IPv6 alone, and a new network is IPv4", "write an IPv4 range, or sessionManager: true");
  if (sshKeys.length === 0) refuse("access.sshKeys is empty", "write one public key at least");
  sshKeys.forEach((key, at) => {
    refuseNoKey(`access.sshKeys[${at}]`, key, refuse);
  });
  peers.forEach((range, at) => {
    rangeOf(`peers[${at}]`, range, refuse);
  });
  // Below 1024 a port needs a privilege that the data plane gives away; config.toml refuses it too.
  if (!Number.isInteger(peerPort) || peerPort < 1024 || peerPort > 65535)
    refuse(`peerPort is ${peerPort}`, "write a UDP port from 1024 to 65535");
}

// No registry holds more than a /8 of IPv4 at once (IANA, IPv4 address space), and 2000::/3 is all of IPv6 that is routed (IANA, IPv6
// global unicast): what is wider than this is the world, also in halves. policies/aws/no-world-open-ssh.ts says the same.
const WIDEST = { v4: 7, v6: 3 };

function refuseWorld(where: string, range: string, refuse: Refuse): void {
  const [address = "", bits = ""] = range.split("/");
  const isV6 = isIPv6(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= 128;
  if (!isV6 && parseCidr(range) === null)
    refuse(`${where} is ${range}`, "write the first address and the bits, such as 198.51.100.0/28 or 2001:db8::/48");
  if (Number(bits) <= (isV6 ? WIDEST.v6 : WIDEST.v4))
    refuse(
      `${where} is ${range}, which opens SSH to the world`,
      "name the operators' own ranges, or use sessionManager",
    );
}

// What OpenSSH writes as the type of a public key (sshd(8), AUTHORIZED_KEYS FILE FORMAT), without options in front: one line, one key.
const PUBLIC_KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) AAAA[A-Za-z0-9+/]+={0,2}( [^\r\n]*)?$/;

function refuseNoKey(where: string, key: string, refuse: Refuse): void {
  if (/PRIVATE KEY/.test(key))
    refuse(
      `${where} is a private key, and user data is read by everybody who may describe the instance`,
      "write the .pub",
    );
  if (!PUBLIC_KEY.test(key))
    refuse(`${where} is no line with a public key`, "write one as ssh-keygen's .pub file has it");
}
