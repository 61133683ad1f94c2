import { UDP_PORT } from "../host/config-toml";
import type { EnaFleetArgs } from "./fleet-args";
import type { NetworkPlan } from "./network-plan";

/** One rule of a security group, for one range. */
export interface GroupRule {
  /** Its own within the group, and the same for the same range: another range moves no rule. Example: `ssh-198.51.100.0-28`. */
  readonly name: string;
  readonly direction: "in" | "out";
  /** `-1` is all of them. */
  readonly protocol: "tcp" | "udp" | "-1";
  /** Null for all. */
  readonly port: number | null;
  readonly range: string;
}

export interface SecurityPlan {
  readonly management: readonly GroupRule[];
  readonly dpdk: readonly GroupRule[];
  /** Of Session Manager's endpoints; null where there are none. */
  readonly endpoints: readonly GroupRule[] | null;
}

/** Pure. */
export function securityPlan(args: EnaFleetArgs, network: NetworkPlan): SecurityPlan {
  const { access, peers = [], peerPort = UDP_PORT } = args;
  const ssh = [...new Set(access.sshFrom)].map((range) => rule("ssh", "in", "tcp", 22, range));
  const everywhere = ["0.0.0.0/0", "::/0"].map((range) => rule("all", "out", "-1", null, range));
  const ofPeers = [...new Set([...network.zones.map(({ dpdk }) => dpdk.cidr), ...peers])];
  const vpc = "cidr" in network.vpc ? network.vpc.cidr : "";
  return {
    management: [...ssh, ...everywhere],
    dpdk: ofPeers.flatMap((range) => [
      rule("peers", "in", "udp", peerPort, range),
      rule("to-peers", "out", "udp", peerPort, range),
    ]),
    endpoints: network.endpoints.length === 0 ? null : [rule("https", "in", "tcp", 443, vpc)],
  };
}

function rule(
  what: string,
  direction: GroupRule["direction"],
  protocol: GroupRule["protocol"],
  port: number | null,
  range: string,
): GroupRule {
  return { name: `${what}-${range.replace(/[/:]+/g, "-")}`, direction, protocol, port, range };
}
