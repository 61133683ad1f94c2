import { settle } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { inOrder } from "./in-order";
import { namespaceOf, objectsOf, type Placed } from "./objects";

export const policyNameUnique = stackRule({
  name: "dpdk-policy-name-unique",
  displayName: "No two policies of one name",
  description: "Two policies, networks or pool configurations of a namespace have two names.",
  why: "The second takes the first one's place: its functions are unmade under the pods that use them, and no check sees both.",
  source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
  group: "sriov",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Give the second a name of its own, or change the first with a patch.",
  judge: ({ resources }) => {
    const objects = objectsOf(resources, "SriovNetworkNodePolicy", "SriovNetwork", "SriovNetworkPoolConfig");
    const whole = objects.filter(({ object }) => !object.isPatch);
    if (whole.length < 2) return "the stack has no two SR-IOV policies or networks";
    const { known, unknown } = settle(whole.map((placed) => () => named(placed)));
    return [...unknown, () => twice(inOrder(known))];
  },
});

interface Named {
  readonly urn: string;
  readonly name: string | undefined;
  readonly key: string;
  readonly kind: string;
}

function named({ object, urn, cluster }: Placed): Named {
  const name: string | undefined = object.metadata().name ?? undefined;
  return { urn, name, kind: object.kind, key: JSON.stringify([cluster, object.kind, namespaceOf(object), name]) };
}

/** Pulumi gives a name of its own where none is written. */
function twice(objects: readonly Named[]): StackFinding[] {
  const first = new Map<string, Named>();
  return objects.flatMap((one) => {
    const earlier = first.get(one.key);
    if (one.name === undefined) return [];
    if (earlier === undefined) {
      first.set(one.key, one);
      return [];
    }
    const other = earlier.urn.split("::").at(-1);
    const finding = `${one.kind} ${one.name} is made twice, by ${other} too: the later one takes the other's place, and the functions that pods use go with it; rename one`;
    return [{ finding, urn: one.urn }];
  });
}
