import { partsOf } from "../parts";
import { type Finding, type RuleArgs, resourceRule } from "../rule";
import { cardsOf, instanceType, nitroFamilies } from "./instance-types";
import { elementsOf, type Machine, machineOf } from "./machine";
import { crowding, missingCard, portsOf, sameIndex } from "./network-cards";
import { roleOf } from "./role";

export const instanceTypeAllowed = resourceRule({
  name: "dpdk-instance-type",
  displayName: "The instance type is one for DPDK",
  description: "DPDK nodes are of families that are known to do, and have no more interfaces than their type takes.",
  why: "Types before Nitro or with a lent CPU lose packets, and AWS starts no machine with an interface more than its type or its card takes.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Take a family of `families`, and a size that takes all interfaces; c6in, c7gn and c8gn have the fastest cards.",
  settings: {
    families: {
      type: "array",
      items: { type: "string" },
      default: [...nitroFamilies],
      description: "Families of instance types that DPDK nodes may have.",
    },
  },
  judge: (args) => {
    const { families = nitroFamilies } = args.getConfig<{ families?: readonly string[] }>();
    const machine = machineOf(args);
    if (machine === null && !fleets.includes(args.type)) return "the resource names no instance type";
    const whenDpdk = (found: Finding[]) => (found.length > 0 && roleOf(args) === "dpdk" ? found : []);
    const named = typesOf(args).map((read) => () => whenDpdk(familyMistakes(read(), families)));
    if (machine === null) return named;
    return [...named, () => whenDpdk(anyType(machine)), ...limitParts(machine).map((part) => () => whenDpdk(part()))];
  },
});

type Named = { where: string; name: unknown };

const [nodeGroup, scaled] = ["aws:eks/nodeGroup:NodeGroup", "aws:autoscaling/group:Group"];
const fleets = [nodeGroup, scaled];

function typesOf({ type, props }: RuleArgs): (() => Named)[] {
  if (type === scaled) return overridesOf(props);
  if (type !== nodeGroup) return [() => ({ where: "instanceType", name: props.instanceType as unknown })];
  return elementsOf(props, "instanceTypes").map((read) => () => {
    const { where } = read();
    const at = Number(/\d+/.exec(where)?.[0]);
    return { where, name: props.instanceTypes[at] as unknown };
  });
}

/** A group of mixed instances has other types than its template. */
function overridesOf(props: RuleArgs["props"]): (() => Named)[] {
  return partsOf(() => elementsOf(props.mixedInstancesPolicy?.launchTemplate ?? {}, "overrides")).map((read) => () => {
    const { where, props: element } = read();
    return {
      where: `mixedInstancesPolicy.launchTemplate.${where}.instanceType`,
      name: element.instanceType as unknown,
    };
  });
}

function familyMistakes({ where, name }: Named, families: readonly string[]): Finding[] {
  if (typeof name !== "string" || name === "") return [];
  const family = instanceType(name)?.family ?? name;
  if (families.includes(family)) return [];
  return [
    `${where} is ${name}, and family ${family} is not known to carry DPDK: take one with ENA on Nitro as c6in, or list it under families`,
  ];
}

/** By attributes AWS picks whatever is cheap: a type without ENA's queues, or of another CPU, from one node to the next. */
function anyType({ props }: Machine): Finding[] {
  const requirements = props.instanceRequirements;
  if (!requirements || (requirements.allowedInstanceTypes ?? []).length > 0) return [];
  return ["instanceRequirements lets AWS pick any type for a DPDK node; name families in allowedInstanceTypes"];
}

function limitParts({ props }: Machine): (() => Finding[])[] {
  const judged = (judge: (cards: readonly number[], type: string) => Finding[]) => () => {
    const cards = cardsOf(props.instanceType);
    return cards === null ? [] : judge(cards, String(props.instanceType));
  };
  const own = portsOf(props, "networkInterfaces");
  // Those of secondary networks count their device indexes by themselves.
  const all = [
    ...own,
    ...["secondaryNetworkInterfaces", "secondaryInterfaces"].flatMap((list) => portsOf(props, list)),
  ];
  return [
    ...all.map((port) => judged((cards, type) => missingCard(port, cards, type))),
    judged((cards, type) => crowding(all, cards, type)),
    ...own.map((port, at) => () => sameIndex(port, own.slice(0, at))),
  ];
}
