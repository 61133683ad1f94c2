import type { PolicyResource } from "@pulumi/policy";
import { once, partsOf, settle, thoseThat } from "../parts";
import { type Finding, type StackFinding, stackRule } from "../rule";
import { type Container, containersOf, type Pod } from "./pod";
import { type Role, roleOf } from "./role";
import { capabilitiesOf, isPrivileged } from "./security-context";
import { podsOf, type StackPod } from "./stack-pods";

export const capabilitiesInOwnNamespace = stackRule({
  name: "dpdk-capabilities-in-own-namespace",
  displayName: "DPDK's capabilities have a namespace of their own",
  description:
    "Pods with capabilities that Pod Security's baseline refuses are in a namespace that admits them, and nothing else is.",
  why: "Baseline refuses IPC_LOCK and NET_RAW, so the node's pod is not made; and where privileged is admitted, every other pod of the namespace may be it too.",
  source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Make a Namespace with the label `pod-security.kubernetes.io/enforce: privileged` for DPDK pods alone, and move the others.",
  judge: ({ resources }) => {
    const pods = podsOf(resources).map((one) => ({
      ...one,
      role: once(() => roleOf(one.pod)),
    }));
    if (pods.length === 0) return "the stack makes no pod";
    const namespaces = namespacesOf(resources);
    return pods.flatMap((one) =>
      partsOf(() => {
        const taken = one.role() === "dpdk" ? refusedOf(one.pod) : [];
        return taken.length === 0 ? [] : checks(one, taken, pods, namespaces);
      }),
    );
  },
});

/** A pod, compared with every other one of the stack. */
interface Compared extends StackPod {
  role(): Role;
}

function checks(
  one: Compared,
  taken: string[],
  pods: Compared[],
  namespaces: readonly Made[],
): (() => StackFinding[])[] {
  const namespace = one.namespace();
  const what = `the pod takes ${taken.join(", ")}`;
  const told = (read: () => Finding | null) => (): StackFinding[] => {
    const finding = read();
    return finding === null ? [] : [{ finding, urn: one.urn }];
  };
  if (namespace === undefined)
    return [told(() => ({ warning: `${what} and names no namespace; ${ofItsOwn}, and name that` }))];
  if (namespace === "default" || namespace.startsWith("kube-"))
    return [told(() => `${what} in namespace ${namespace}, beside whatever else is there; ${ofItsOwn}`)];
  return [told(() => admission(what, namespace, namespaces)), told(() => neighbours(what, namespace, one, pods))];
}

const enforceKey = "pod-security.kubernetes.io/enforce";
const ofItsOwn = `make a namespace of its own, with the label ${enforceKey}: privileged`;

/** A Namespace that the stack makes, or a patch of one. */
interface Made {
  readonly isPatch: boolean;
  name(): unknown;
  level(): unknown;
}

function namespacesOf(resources: readonly PolicyResource[]): Made[] {
  return resources
    .filter(({ type }) => /^kubernetes:core\/v1:Namespace(Patch)?$/.test(type))
    .map(({ type, props }) => ({
      isPatch: type.endsWith("Patch"),
      name: once(() => props.metadata?.name),
      level: once(() => props.metadata?.labels?.[enforceKey]),
    }));
}

/** By what the stack makes; a namespace that is made elsewhere is not seen. */
function admission(what: string, namespace: string, namespaces: readonly Made[]): Finding | null {
  const made = thoseThat(
    namespaces.map((one) => () => one),
    (one) => one.name() === namespace,
  );
  const levels = made.map((one) => one.level()).filter((level) => level !== undefined);
  const wrong = levels.find((level) => level !== "privileged");
  if (wrong !== undefined)
    return `${what}, and namespace ${namespace} enforces ${wrong}, which refuses the pod; set the label ${enforceKey} to privileged`;
  if (levels.length > 0 || made.every(({ isPatch }) => isPatch)) return null;
  return {
    warning: `${what}, and namespace ${namespace} does not say what it admits: a cluster that enforces baseline refuses the pod; add the label ${enforceKey}: privileged`,
  };
}

/** What has neither a device nor a part in giving them has no reason to be where everything is admitted. */
function neighbours(what: string, namespace: string, one: Compared, pods: Compared[]): string | null {
  const others = thoseThat(
    pods.filter(({ urn }) => urn !== one.urn).map((other) => () => other),
    (other) => other.namespace() === namespace && other.role() === "other",
  );
  if (others.length === 0) return null;
  const titles = others.map(({ title }) => title).join(", ");
  return `${what} in namespace ${namespace}, where ${titles} may then take everything too; move what is no DPDK pod to another namespace`;
}

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline, "Capabilities"
const ofBaseline = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  ),
);

/** Those that baseline refuses. */
function refusedOf(pod: Pod): string[] {
  const each = settle(containersOf(pod).map((read) => () => beyondBaseline(read())));
  const refused = each.known.flat();
  if (refused.length === 0) for (const fail of each.unknown) fail();
  return [...new Set(refused)];
}

function beyondBaseline(container: Container): string[] {
  const refused = thoseThat(capabilitiesOf(container, "add"), (name) => !ofBaseline.has(name));
  return isPrivileged(container) ? ["privileged", ...refused] : refused;
}
