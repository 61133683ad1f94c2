import type { PolicyResource } from "@pulumi/policy";
import { type StackFinding, stackRule } from "../rule";
import { instanceType } from "./instance-types";
import { inputsOf, textsIn } from "./known";
import { identities, type Links, linksOf } from "./links";
import { elementsOf, machineTypes, userDataOf } from "./machine";
import { isDpdk, roleOf } from "./role";
import { linesOf } from "./user-data";

export const interfaceNotDeviceZero = stackRule({
  name: "dpdk-interface-not-device-zero",
  displayName: "DPDK's interface is not device 0",
  description: "The interface that DPDK takes is never the machine's first one.",
  why: "Device 0 carries SSH, the metadata service and the kubelet, and cannot be detached: bound to DPDK, the node is gone at once.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html",
  group: "aws",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Attach another interface with `deviceIndex: 1` or more, and give that one to DPDK.",
  judge: ({ resources }) => {
    const judged = resources.filter(({ type }) => type === nic || type === attachment || machineTypes.includes(type));
    if (judged.length === 0) return "the stack has no EC2 interface";
    const links = linksOf(resources);
    return judged.flatMap((one) => partsOfResource(one, links));
  },
});

const nic = "aws:ec2/networkInterface:NetworkInterface";
const attachment = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment";
type Part = () => StackFinding[];

function partsOfResource(one: PolicyResource, links: Links): Part[] {
  const props = inputsOf(one);
  const tell = (where: string, what: string): StackFinding[] => [
    {
      urn: one.urn,
      finding: `${where} is 0 for ${what}, which DPDK takes: SSH goes with it; attach it as 1 or more`,
    },
  ];
  if (one.type === nic)
    return elementsOf(props, "attachments").map((read) => () => {
      const { where, props: attached } = read();
      return attached.deviceIndex === 0 && isDpdk(one) ? tell(`${where}.deviceIndex`, one.name) : [];
    });
  if (one.type === attachment)
    return [
      () => {
        if (props.deviceIndex !== 0) return [];
        const taken = links.named(one, "networkInterfaceId", [nic]).filter(isDpdk);
        return taken.flatMap(({ name }) => tell("deviceIndex", name));
      },
    ];
  return [...ofMachine(one, links, tell), ...bindings(one)];
}

/** Interfaces that a machine lists: by the text of an element, or by the interface that it names. */
function ofMachine(one: PolicyResource, links: Links, tell: (where: string, what: string) => StackFinding[]): Part[] {
  const props = inputsOf(one);
  const first = () => {
    const taken = links.named(one, "primaryNetworkInterface", [nic]).filter(isDpdk);
    return taken.flatMap(({ name }) => tell("primaryNetworkInterface", name));
  };
  const listed = elementsOf(props, "networkInterfaces").map((read) => () => {
    const { where, props: element } = read();
    if (element.deviceIndex !== 0) return [];
    const own = roleOf({ name: "", props: { description: element.description } }) === "dpdk";
    if (own) return tell(`${where}.deviceIndex`, String(element.description));
    return namedBy(one, element, links).flatMap(({ name }) => tell(`${where}.deviceIndex`, name));
  });
  return [first, ...listed];
}

/** By its id; while that is not known, by what the list is made from: where that is of both kinds, nobody can tell yet. */
function namedBy(one: PolicyResource, element: PolicyResource["props"], links: Links): PolicyResource[] {
  const all = links.named(one, "networkInterfaces", [nic]);
  const { texts, error } = textsIn(() => element.networkInterfaceId);
  if (error === undefined)
    return all.filter((each) => isDpdk(each) && identities(each).some((id) => texts.includes(id)));
  const taken = all.filter(isDpdk);
  if (taken.length > 0 && taken.length === all.length) return taken.slice(0, 1);
  if (taken.length > 0 || all.length === 0) throw error;
  return [];
}

// The first interface of a virtual machine on Nitro, as its kernel names it.
const firstOne = /\b(eth0|ens5|(?:0000:)?00:05\.0)\b/;
const binding =
  /dpdk-devbind(\.py)?\b.*[\s"',](-b|--bind)[ =,"']|driverctl\b.*set-override|\/drivers\/(vfio-pci|igb_uio|uio_pci_generic)\/bind|driver_override/;

function bindings(one: PolicyResource): Part[] {
  const props = inputsOf(one);
  return userDataOf({ props }).map((read) => () => {
    const { where, text } = read();
    const line = linesOf(text).find((each) => binding.test(each) && firstOne.test(each));
    if (line === undefined || instanceType(props.instanceType)?.isMetal) return [];
    const taken = firstOne.exec(line)?.[0];
    const finding = `${where} binds ${taken}, device 0, which carries SSH; bind the interface of device 1 or more`;
    return [{ urn: one.urn, finding }];
  });
}
