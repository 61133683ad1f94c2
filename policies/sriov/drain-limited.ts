import { type Finding, type Part, resourceRule } from "../rule";
import { hasReason, objectOf, reasonKey, type SriovObject } from "./objects";

export const drainLimited = resourceRule({
  name: "dpdk-drain-limited",
  displayName: "Nodes are drained, few at a time",
  description: "The operator drains a node before it changes its functions, and never all nodes of a pool at once.",
  why: "A change of functions takes the devices from running pods: undrained they lose their ports, and all at once the fleet stops.",
  source:
    "https://github.com/k8snetworkplumbingwg/sriov-network-operator/blob/master/doc/design/parallel-node-config.md",
  group: "sriov",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Set `maxUnavailable: 1`, or a part below 100%; leave out `disableDrain` but on a cluster of one node.",
  settings: {
    singleNode: {
      type: "boolean",
      description: "The cluster has one node, whose pods have nowhere to go: disableDrain is right there.",
      default: false,
    },
  },
  judge: (args) => {
    const config = objectOf(args, "SriovOperatorConfig");
    const { singleNode = false } = args.getConfig<{ singleNode?: boolean }>();
    if (config !== null) return [() => (singleNode ? [] : undrained(config))];
    const pool = objectOf(args, "SriovNetworkPoolConfig");
    return pool === null ? "the resource says nothing of draining" : poolParts(pool);
  },
  // One at a time is slower and loses nothing. Changed in place: a copy would read what is not known yet.
  remedy: ({ type, props }) => {
    const pool = objectOf({ type, props }, "SriovNetworkPoolConfig");
    if (pool === null || !isAll(pool.spec().maxUnavailable)) return undefined;
    props.spec.maxUnavailable = 1;
    return props;
  },
});

function undrained(config: SriovObject): Finding[] {
  if (config.spec().disableDrain !== true || hasReason(config)) return [];
  return [
    {
      warning: `disableDrain is true: pods lose their devices while they run; leave it out, set singleNode where the cluster has one node, or say why in the annotation ${reasonKey}`,
    },
  ];
}

function poolParts({ spec, isPatch }: SriovObject): Part[] {
  return [
    () => {
      const given = spec().maxUnavailable;
      if (given === undefined) return isPatch || isOffload(spec()) ? [] : [{ warning: unlimited }];
      if (isAll(given))
        return [`maxUnavailable is ${given}: all nodes of the pool are drained at once, and the fleet stops; write 1`];
      if (Number.parseInt(String(given), 10) === 0)
        return [`maxUnavailable is ${given}: no node is ever drained, and no change ends; write 1`];
      return [];
    },
  ];
}

// MaxUnavailable of the operator's api/v1/helper.go: without one the drain has no limit, though nodes of no pool go one by one.
const unlimited = "maxUnavailable is missing, which drains all nodes of the pool at once; write 1";

/** Such a pool is about OVS and drains nothing. */
function isOffload(spec: ReturnType<SriovObject["spec"]>): boolean {
  return (spec.ovsHardwareOffloadConfig?.name ?? "") !== "";
}

function isAll(given: unknown): boolean {
  const part = /^\s*(\d+)\s*%\s*$/.exec(String(given))?.[1];
  return Number(part) >= 100;
}
