import { matches } from "../exceptions";
import { partsOf, thoseThat } from "../parts";
import { type StackFinding, stackRule } from "../rule";
import { type NetworkName, networksKey, networksOf, networksOfStack, type StackNetwork } from "./networks";
import { podsOf, saidNamespace } from "./stack-pods";

export const networkExists = stackRule({
  name: "dpdk-network-exists",
  displayName: "Networks that pods name are there",
  description: "The stack makes each network that a pod's annotation names, or it is said to be made elsewhere.",
  why: "Multus refuses the pod's sandbox for a network that is not there: the pod stays in ContainerCreating, and holds its devices.",
  source: "https://github.com/k8snetworkplumbingwg/multus-cni/blob/master/docs/how-to-use.md",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write NAMESPACE/NAME as the network has them, make it in this stack, or name it under `existing`.",
  settings: {
    existing: {
      type: "array",
      description: "Networks that others make, as NAMESPACE/NAME (`*` stands for any text).",
      items: { type: "string", minLength: 1 },
      default: [],
    },
  },
  judge: ({ resources, getConfig }) => {
    const pods = podsOf(resources);
    if (pods.length === 0) return "the stack makes no pod";
    const made = networksOfStack(resources);
    const { existing = [] } = getConfig<{ existing?: string[] }>();
    return pods.flatMap(({ pod, urn }) =>
      partsOf(() => {
        const names = networksOf(pod);
        if (names === null) return [() => [{ finding: unreadable(pod.metadata().annotations?.[networksKey]), urn }]];
        return names.map((named) => () => {
          const own = saidNamespace(pod.props);
          const asked = { name: named.name, namespace: named.namespace ?? own };
          const path = `${asked.namespace ?? "default"}/${asked.name}`;
          if (existing.some((pattern) => matches(pattern, path))) return [];
          return judged(asked, made).map((finding): StackFinding => ({ finding, urn }));
        });
      }),
    );
  },
});

function judged(asked: NetworkName, made: (() => StackNetwork)[]): StackFinding["finding"][] {
  const path = asked.namespace === undefined ? asked.name : `${asked.namespace}/${asked.name}`;
  const because = "Multus then refuses the pod's sandbox and it never starts";
  if (made.length === 0)
    return [
      {
        warning: `${networksKey} names ${path} and the stack makes no network at all; where nobody else makes it, ${because}: make it here, or name it under \`existing\``,
      },
    ];
  const named = thoseThat(made, ({ name }) => name === asked.name);
  if (named.some(({ namespace }) => isThere(asked, namespace))) return [];
  const others = named.map(({ namespace }) => `${namespace}/${asked.name}`).join(", ");
  if (asked.namespace === undefined && named.length > 0)
    return [
      {
        warning: `${networksKey} names ${path}, which is looked for in the pod's namespace, and the pod names none; the stack makes ${others}: write that`,
      },
    ];
  const remedy = others === "" ? "make it here, or name it under `existing`" : `the stack makes ${others}: write that`;
  return [`${networksKey} names ${path}, which nobody in the stack makes; ${because}; ${remedy}`];
}

/** What names no namespace is made in the current one, with the pod; what names `default` is there too, unless something else is said. */
function isThere(asked: NetworkName, namespace: string | undefined): boolean {
  return namespace === undefined || namespace === (asked.namespace ?? "default");
}

function unreadable(text: unknown): string {
  return `${networksKey} is ${text}, which is neither a list of names (NAMESPACE/NAME@INTERFACE, …) nor a JSON list with a name each; Multus refuses the pod's sandbox and it never starts; correct it`;
}
