import type { PolicyResource } from "@pulumi/policy";
import { settle } from "../parts";
import { inputsOf, known, textsIn } from "./known";
import { identities } from "./links";
import { elementsOf } from "./machine";
import { type Port, portOf } from "./network-cards";

/** An interface that a resource of its own attaches to an instance. */
export interface Attached {
  /** The resource that says so. */
  readonly by: PolicyResource;
  /** Its id where it is none of the stack's. */
  readonly instance: PolicyResource | string;
  readonly nic: PolicyResource | string;
  readonly port: Port;
}

export const nic = "aws:ec2/networkInterface:NetworkInterface";
export const attachment = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment";
const instances = ["aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"];

/**
 * What a stack attaches, and a part that throws for each attachment of which nobody can tell yet whose it is. AWS lists under an
 * interface's own `attachments` what another resource has attached too: where there is such a resource, it is the one that counts.
 */
export function attachedIn(resources: readonly PolicyResource[]): { known: Attached[]; unknown: (() => never)[] } {
  const byId = namedIn(resources);
  const own = settle(resources.filter(({ type }) => type === attachment).map((one) => () => ofAttachment(one, byId)));
  const attached = new Set(own.known.map((one) => one.nic));
  const others = settle(
    resources.filter((one) => one.type === nic && !attached.has(one)).flatMap((one) => ofInterface(one, byId)),
  );
  return { known: [...own.known, ...others.known], unknown: [...own.unknown, ...others.unknown] };
}

type ById = ReadonlyMap<string, PolicyResource>;

function namedIn(resources: readonly PolicyResource[]): ById {
  const named = resources.filter(({ type }) => type === nic || instances.includes(type));
  return new Map(named.flatMap((one) => idsOf(one).map((id) => [id, one] as const)));
}

/** By which others name an instance or an interface; a request of a spot instance has an id of its own beside the instance's. */
export function idsOf(one: PolicyResource): string[] {
  const started: unknown = known(() => one.props.spotInstanceId);
  return typeof started === "string" ? [...identities(one), started] : identities(one);
}

function ofAttachment(by: PolicyResource, byId: ById): Attached {
  const props = inputsOf(by);
  const named = (property: string, types: readonly string[]) =>
    namedBy(by, property, () => props[property], types, byId);
  return {
    by,
    instance: named("instanceId", instances),
    nic: named("networkInterfaceId", [nic]),
    port: portOf(by.name, "", () => props),
  };
}

function ofInterface(by: PolicyResource, byId: ById): (() => Attached)[] {
  return elementsOf(inputsOf(by), "attachments").map((read) => () => {
    const { where, props } = read();
    const instance = namedBy(by, "attachments", () => props.instance, instances, byId);
    return { by, instance, nic: by, port: portOf(by.name, `${where}.`, () => props) };
  });
}

/** By its id; while that is not known, by what the property is made from: of two of a type, nobody can tell yet. */
function namedBy(
  one: PolicyResource,
  property: string,
  read: () => unknown,
  types: readonly string[],
  byId: ById,
): PolicyResource | string {
  const { texts, error } = textsIn(read);
  const [id = ""] = texts;
  if (error === undefined) return byId.get(id) ?? id;
  const madeFrom = (one.propertyDependencies[property] ?? []).filter(({ type }) => types.includes(type));
  const [only] = madeFrom;
  if (only === undefined || madeFrom.length > 1) throw error;
  return only;
}
