import type { PolicyResource } from "@pulumi/policy";
import { idsOf } from "./attachments";
import { inputsOf, known, textsIn } from "./known";
import type { Links } from "./links";
import { type Port, portsOf } from "./network-cards";

/** What an instance is started with, by its own properties or by its template's. */
export interface OwnInterfaces {
  /** The first one too, which every instance has, listed or not. */
  readonly ports: readonly Port[];
  /** Whether this interface, a resource or the id of another one, is among them. */
  isListed(one: PolicyResource | string): boolean;
  /** Undefined where nothing says it. */
  type(): unknown;
}

const template = "aws:ec2/launchTemplate:LaunchTemplate";

export function ownInterfaces(instance: PolicyResource, links: Links): OwnInterfaces {
  const sources = [instance, ...links.named(instance, "launchTemplate", [template]).slice(0, 1)];
  const said = sources.map((one) => portsOf(inputsOf(one), "networkInterfaces"));
  const listed = said.find((ports) => ports.length > 0) ?? [];
  return {
    ports: listed.some(mayBeFirst) ? listed : [firstOf(instance), ...listed],
    isListed: listedBy(sources),
    type: () => typeOf(sources),
  };
}

/** The first one that is said: a template's may be unknown where the instance has its own. */
function typeOf(sources: readonly PolicyResource[]): unknown {
  for (const one of sources) {
    const type: unknown = inputsOf(one).instanceType;
    if (type) return type;
  }
  return undefined;
}

function firstOf({ name }: PolicyResource): Port {
  return { title: `the first interface of ${name}`, where: "", device: () => 0, card: () => 0 };
}

/** Also where its indexes are not known yet. */
function mayBeFirst({ device, card }: Port): boolean {
  return (known(device) ?? 0) === 0 && (known(card) ?? 0) === 0;
}

// The last one AWS fills in.
const places = ["networkInterfaces", "primaryNetworkInterface", "primaryNetworkInterfaceId"];

/** By ids, and by what the lists are made from: a list of ids that are not known yet may have any of these. */
function listedBy(sources: readonly PolicyResource[]): OwnInterfaces["isListed"] {
  const lists = sources.flatMap((one) => places.map((place) => ({ one, place })));
  const ids = new Set(lists.flatMap(({ one, place }) => textsIn(() => inputsOf(one)[place]).texts));
  const madeFrom = lists.flatMap(({ one, place }) => one.propertyDependencies[place] ?? []);
  return (one) =>
    typeof one === "string" ? ids.has(one) : madeFrom.includes(one) || idsOf(one).some((id) => ids.has(id));
}
