import type { PolicyResource } from "@pulumi/policy";
import { type StackFinding, stackRule } from "../rule";
import { inputsOf, textsIn } from "./known";
import { type Links, linksOf } from "./links";
import { elementsOf, isTrue, userDataOf } from "./machine";
import { isDpdk } from "./role";
import { decoded } from "./user-data";

const noManage = "node.k8s.amazonaws.com/no_manage";

export const eksInterfaceUnmanaged = stackRule({
  name: "dpdk-eks-interface-unmanaged",
  displayName: "EKS leaves DPDK's interfaces alone",
  description: `Interfaces of DPDK nodes of EKS have the tag ${noManage}, and the nodes' max-pods is set.`,
  why: "The VPC CNI gives addresses of every interface that is not tagged to pods, and the node promises pods whose addresses it no longer has.",
  source: "https://github.com/aws/amazon-vpc-cni-k8s#eni-tags-related-to-allocation",
  group: "aws",
  severity: "high",
  levels: { lab: "disabled", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: `Tag the interface ${noManage}: "true", and give the kubelet max-pods for the interfaces that are left.`,
  judge: ({ resources }) => {
    const judged = resources.filter(({ type }) => type === nic || type === template);
    if (judged.length === 0) return "the stack has neither EC2 interfaces nor launch templates";
    const hasEks = resources.some(({ type }) => clusters.includes(type));
    const links = linksOf(resources);
    return judged.flatMap((one) => (one.type === nic ? [() => ofInterface(one, hasEks)] : ofTemplate(one, links)));
  },
});

const nic = "aws:ec2/networkInterface:NetworkInterface";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
const clusters = [nodeGroup, "aws:eks/cluster:Cluster", "eks:index:Cluster"];

function ofInterface(one: PolicyResource, hasEks: boolean): StackFinding[] {
  const props = inputsOf(one);
  const tags = props.tags ?? {};
  const isOfEks = hasEks || Object.keys(tags).some((key) => key.startsWith("kubernetes.io/cluster/"));
  if (!isOfEks || isTrue(tags[noManage]) || !isDpdk(one)) return [];
  return [
    {
      urn: one.urn,
      finding: `tags lack ${noManage}: "true", so the VPC CNI takes the interface from DPDK for pods; add it`,
    },
  ];
}

// How a node joins EKS: AL2's script, and AL2023's and Bottlerocket's settings.
const joinsEks = /\/etc\/eks\/bootstrap\.sh|node\.eks\.aws|settings\.kubernetes/;
const maxPods = /\bmaxPods\b|(?<!--use-)\bmax-pods\b/;

function ofTemplate(one: PolicyResource, links: Links): (() => StackFinding[])[] {
  const props = inputsOf(one);
  const group = links.naming(one, "launchTemplate").find(({ type }) => type === nodeGroup);
  const hasMore = () => elementsOf(props, "networkInterfaces").some((read) => isSecond(read().props.deviceIndex));
  const isJudged = () => {
    const data = textsIn(() => props.userData);
    const isOfEks = group !== undefined || data.texts.some((text) => joinsEks.test(decoded(text)));
    return isOfEks && hasMore() && [one, group].some((each) => each !== undefined && isDpdk(each));
  };
  const tell = (finding: string) => [{ urn: one.urn, finding }];
  return [
    () =>
      isTagged(props) || !isJudged()
        ? []
        : tell(
            `tagSpecifications give network-interface no tag ${noManage}: "true", so the VPC CNI takes DPDK's interfaces for pods; add it`,
          ),
    () => {
      const says = userDataOf({ props }).some((read) => maxPods.test(read().text));
      if (says || !isJudged()) return [];
      return tell(
        "userData sets no max-pods, so the node promises pods for DPDK's interfaces too; give --max-pods of the interfaces that are left",
      );
    },
  ];
}

const isSecond = (deviceIndex: unknown) => Number(deviceIndex) > 0;

/** The CNI keeps device 0 whatever its tags, so that one list for all interfaces is right (amazon-vpc-cni-k8s, ipamd.go). */
function isTagged(props: PolicyResource["props"]): boolean {
  return elementsOf(props, "tagSpecifications").some((read) => {
    const { props: element } = read();
    return element.resourceType === "network-interface" && isTrue(element.tags?.[noManage]);
  });
}
