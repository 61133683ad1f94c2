import { isIP } from "node:net";
import type { PolicyResource } from "@pulumi/policy";
import { inputsOf } from "../aws/known";
import { hostPlanOf } from "./plan";

/** A node as one command of a stack enters it. */
export interface Entry {
  readonly urn: string;
  /** The command's. */
  readonly name: string;
  /** What the node is called, by its plan or by the component that the command is of; null where nothing says it. */
  readonly node: string | null;
  /** `HOST:PORT`, behind the bastion that leads there: two networks may have one address each. */
  readonly address: string;
  /** Without its comment; null where there is none. Throws where it is not known yet, as that of a machine to come. */
  hostKey(): string | null;
}

/** Null where the command enters no node. Throws the SDK's error where that is not known yet. */
export function entryOf(resource: PolicyResource): Entry | null {
  const { type, urn, name } = resource;
  const found = type.startsWith("command:remote:") ? remote(resource) : ofClient(resource);
  return found === null ? null : { urn, name, node: nodeOf(resource), ...found };
}

export const entersNodes = ({ type }: { type: string }) => type.startsWith("command:remote:") || type === local;

const local = "command:local:Command";
type Way = Pick<Entry, "address" | "hostKey">;

function remote(resource: PolicyResource): Way | null {
  const { connection } = inputsOf(resource);
  if (!connection?.host) return null;
  const { proxy } = connection;
  const via = proxy?.host ? ` behind ${at(proxy.host, proxy.port)}` : "";
  return { address: `${at(connection.host, connection.port)}${via}`, hostKey: () => keyOf(connection.hostKey) };
}

/** This package's commands over OpenSSH's client: its configuration and its known_hosts stand in the environment. */
function ofClient(resource: PolicyResource): Way | null {
  const { environment } = inputsOf(resource);
  const config: unknown = environment?.SSH_CONFIG;
  if (typeof config !== "string") return null;
  const hops = config.split(/^(?=Host )/m);
  const of = (hop: string, word: string) =>
    new RegExp(`^\\s*${word}\\s+(\\S+)`, "mi").exec(hops.find((each) => each.startsWith(`Host ${hop}\n`)) ?? "")?.[1];
  const host = of("node", "HostName");
  if (host === undefined) return null;
  const bastion = of("bastion", "HostName");
  const via = bastion === undefined ? "" : ` behind ${at(bastion, of("bastion", "Port"))}`;
  const hostKey = () => keyOf(/^node\s+(.*)$/m.exec(String(environment.SSH_KNOWN_HOSTS ?? ""))?.[1]);
  return { address: `${at(host, of("node", "Port"))}${via}`, hostKey };
}

const at = (host: unknown, port: unknown) => `${String(host).toLowerCase()}:${port ?? 22}`;

function keyOf(line: unknown): string | null {
  const [kind, key] = String(line ?? "")
    .trim()
    .split(/\s+/);
  return key === undefined ? null : `${kind} ${key}`;
}

function nodeOf({ type, props, parent }: PolicyResource): string | null {
  const plan = hostPlanOf({ type, props });
  if (plan !== null) return plan.node;
  return parent === undefined || parent.type === "pulumi:pulumi:Stack" ? null : parent.name;
}

/** Whether two entries are of two nodes: by name; where one has none, by address. */
export function areTwo(one: Entry, other: Entry): boolean {
  return one.node !== null && other.node !== null ? one.node !== other.node : one.address !== other.address;
}

/** Whether two addresses that differ are of two machines for certain: a name and a number may be one machine's. */
export function comparable(one: Entry, other: Entry): boolean {
  const isNumber = ({ address }: Entry) => Boolean(isIP(address.split(":")[0] as string));
  return isNumber(one) === isNumber(other);
}
