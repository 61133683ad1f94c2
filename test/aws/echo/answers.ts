import { createHash } from "node:crypto";

/** What a resource has or is asked for; unknown values and secrets as the engine writes them. */
export type Props = Readonly<Record<string, unknown>>;

/** How the engine writes a value that a preview does not know (sdk/go/common/resource/plugin/rpc.go, UnknownStringValue). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Inputs that another resource comes for; `region` is everybody's. What terraform-provider-aws marks ForceNew, of what EnaFleet asks for and
 * what people fear for: a type that is another one stops the instance and starts it, and so does user data.
 */
const replaced: Readonly<Record<string, readonly string[]>> = {
  Eip: ["domain"],
  Instance: ["ami", "availabilityZone", "launchTemplate.id", "placementGroup", "privateIp", "subnetId", "tenancy"],
  InstanceProfile: ["name"],
  LaunchTemplate: ["name"],
  NatGateway: ["allocationId", "subnetId"],
  NetworkInterface: ["interfaceType", "subnetId"],
  PlacementGroup: ["name", "strategy"],
  Role: ["name"],
  RolePolicy: ["name", "role"],
  Route: ["destinationCidrBlock", "routeTableId"],
  RouteTable: ["vpcId"],
  RouteTableAssociation: ["subnetId"],
  SecurityGroup: ["description", "name", "vpcId"],
  SecurityGroupEgressRule: ["securityGroupId"],
  SecurityGroupIngressRule: ["securityGroupId"],
  Subnet: ["availabilityZone", "cidrBlock", "vpcId"],
  SubnetCidrReservation: ["cidrBlock", "description", "reservationType", "subnetId"],
  Vpc: ["cidrBlock"],
  VpcEndpoint: ["serviceName", "vpcId"],
};

/** How an id of AWS begins; of all others it is the type's own name. */
const prefixes: Readonly<Record<string, string>> = {
  Eip: "eipalloc",
  Instance: "i",
  InternetGateway: "igw",
  LaunchTemplate: "lt",
  NatGateway: "nat",
  NetworkInterface: "eni",
  RouteTable: "rtb",
  SecurityGroup: "sg",
  Subnet: "subnet",
  Vpc: "vpc",
};

/** What AWS gives beside what was asked for. */
const given: Readonly<Record<string, (id: string, bytes: Buffer) => Props>> = {
  Eip: (id, bytes) => ({ allocationId: id, publicIp: `203.0.113.${bytes[0]}` }),
  InstanceProfile: (id) => ({ name: id }),
  LaunchTemplate: () => ({ latestVersion: 1, defaultVersion: 1 }),
  NetworkInterface: (_, bytes) => ({ macAddress: `02:${bytes.toString("hex", 0, 5).match(/../g)?.join(":")}` }),
  PlacementGroup: (id) => ({ name: id }),
  Role: (id) => ({ name: id }),
  SecurityGroup: (id) => ({ name: id }),
};

/** `urn:pulumi:stack::project::parent$aws:ec2/vpc:Vpc::name` */
export function partsOf(urn: string): { kind: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { kind: types.split(":").at(-1) as string, name };
}

export interface Made {
  readonly id: string;
  readonly outputs: Props;
}

/** A resource as AWS would have it: the same for the same type, name and all that another one comes for. */
export function made(urn: string, inputs: Props): Made {
  const { kind, name } = partsOf(urn);
  const fixed = replacedBy(kind).map((path) => at(inputs, path));
  const bytes = createHash("sha256")
    .update(JSON.stringify([kind, name, fixed]))
    .digest();
  const id = `${prefixes[kind] ?? kind.toLowerCase()}-${bytes.toString("hex", 0, 9).slice(0, 17)}`;
  const arn = `arn:aws:echo:${inputs.region ?? ""}:123456789012:${kind.toLowerCase()}/${id}`;
  return { id, outputs: { arn, ...given[kind]?.(id, bytes), ...inputs } };
}

/** What a preview knows of it. */
export function previewed(urn: string, inputs: Props): Props {
  const { outputs } = made(urn, inputs);
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, name in inputs ? inputs[name] : UNKNOWN]));
}

export interface Difference {
  readonly changed: readonly string[];
  /** Those for which another resource comes. */
  readonly replaces: readonly string[];
}

/** An unknown value is another one: what it will be, nobody knows. */
export function difference(urn: string, before: Props, after: Props): Difference {
  const differs = (path: string) =>
    JSON.stringify(sorted(at(before, path))) !== JSON.stringify(sorted(at(after, path)));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !name.startsWith("__"));
  const replaces = replacedBy(partsOf(urn).kind).filter(differs);
  return { changed: names.filter(differs), replaces: replaces.map((path) => path.split(".")[0] as string) };
}

/** Why AWS does not delete it; null where it does. */
export function kept(urn: string, id: string, { disableApiTermination, forceDestroy }: Props): string | null {
  if (partsOf(urn).kind !== "Instance" || disableApiTermination !== true || forceDestroy === true) return null;
  return `OperationNotPermitted: The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
}

/** What a question is answered with. Every zone of the region offers every type but those that are called so. */
export function answer(token: string, inputs: Props): Props {
  const region = typeof inputs.region === "string" ? inputs.region : "eu-central-1";
  const zones = ["a", "b", "c"].map((letter) => region + letter);
  if (token.endsWith(":getAvailabilityZones")) return { id: region, names: zones };
  if (token.endsWith(":getAmi")) return { id: "ami-0123456789abcdef0", architecture: "x86_64" };
  if (!token.endsWith(":getInstanceTypeOfferings")) throw new Error(`the echo of AWS does not know ${token}`);
  const [{ values }] = inputs.filters as [{ values: readonly string[] }];
  const offered = zones.flatMap((zone) => values.map((type) => ({ zone, type })));
  return {
    id: region,
    locations: offered.map(({ zone }) => zone),
    instanceTypes: offered.map(({ type }) => type),
    locationTypes: offered.map(() => "availability-zone"),
  };
}

function replacedBy(kind: string): readonly string[] {
  return [...(replaced[kind] ?? []), "region"];
}

function at(props: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], props);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
