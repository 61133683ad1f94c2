import type { PolicyResource } from "@pulumi/policy";
import { stackRule } from "../rule";
import { inputsOf, isNamed, namesSetting, textsIn } from "./known";
import { type Links, linksOf } from "./links";
import { machineTypes } from "./machine";
import { decoded } from "./user-data";

export const imdsHopLimit = stackRule({
  name: "dpdk-imds-hop-limit",
  displayName: "IMDS is one hop away",
  description: "Answers of the metadata service travel one hop, or two where containers must read them.",
  why: "Each hop lets one more network of the node, of containers or of what it forwards, read the node's credentials.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
  group: "aws",
  severity: "medium",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps: "Write `metadataOptions.httpPutResponseHopLimit: 1`, and 2 on machines whose containers ask IMDS.",
  settings: { containers: namesSetting("Machines whose containers must read IMDS, by name: two hops are theirs.") },
  judge: ({ resources, getConfig }) => {
    const { containers } = getConfig<{ containers?: string[] }>();
    const machines = resources.filter(({ type }) => machineTypes.includes(type));
    if (machines.length === 0) return "the stack starts no EC2 machine";
    const links = linksOf(resources);
    return machines.map((one) => () => {
      const hops = Number(inputsOf(one).metadataOptions?.httpPutResponseHopLimit ?? 1);
      const limit = hops < 2 || isNamed(containers, one.name) || hasContainers(one, links) ? 2 : 1;
      if (hops <= limit) return [];
      const rest = limit === 2 ? "write 2 at most" : "write 1, or list it under containers";
      const warning = `metadataOptions.httpPutResponseHopLimit is ${hops}, so networks behind the node read its credentials; ${rest}`;
      return [{ finding: { warning }, urn: one.urn }];
    });
  },
});

const nodeGroup = "aws:eks/nodeGroup:NodeGroup";

// What starts containers, in user data; and how EKS and Kubernetes name their tags.
const runtimes =
  /\b(kubelet|kubeadm|nodeadm|node\.eks\.aws|containerd|docker|podman|ecs|k3s)\b|\/etc\/eks\/|kubernetes\.io\/|^eks:/i;

function hasContainers(machine: PolicyResource, links: Links): boolean {
  if (links.naming(machine, "launchTemplate").some(({ type }) => type === nodeGroup)) return true;
  const props = inputsOf(machine);
  const said = ["tags", "tagSpecifications", "userData", "userDataBase64"].map((place) => textsIn(() => props[place]));
  if (said.some(({ texts }) => texts.some((text) => runtimes.test(decoded(text))))) return true;
  const unknown = said.find(({ error }) => error !== undefined);
  if (unknown !== undefined) throw unknown.error;
  return false;
}
