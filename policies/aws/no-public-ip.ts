import { resourceRule } from "../rule";
import { isNamed, namesSetting } from "./known";
import { elementsOf, isTrue, machineOf, noMachine } from "./machine";
import { declaredRole } from "./role";

export const bastions = namesSetting(
  "Bastions by name, which may have public addresses; so may what has the tag pantheonchain.org/dpdk-role: bastion.",
);

export const noPublicIp = resourceRule({
  name: "dpdk-no-public-ip",
  displayName: "No public address",
  description: "No EC2 machine but a declared bastion asks for a public address.",
  why: "A DPDK node's ports pass no firewall of the kernel, and its SSH is the way to the whole node: neither may be on the internet.",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write `associatePublicIpAddress: false`, and enter the node through a bastion or Session Manager.",
  settings: { bastions },
  judge: (args) => {
    if (machineOf(args) === null) return noMachine;
    const { bastions: named } = args.getConfig<{ bastions?: string[] }>();
    if (isNamed(named, args.name)) return "the machine is a bastion";
    const asks = (where: string, value: unknown) =>
      isTrue(value) && declaredRole(args.props) !== "bastion"
        ? [`${where} is true, which puts the node on the internet; write false, or declare it a bastion`]
        : [];
    return [
      () => asks("associatePublicIpAddress", args.props.associatePublicIpAddress),
      ...elementsOf(args.props, "networkInterfaces").map((read) => () => {
        const { where, props } = read();
        return asks(`${where}.associatePublicIpAddress`, props.associatePublicIpAddress);
      }),
    ];
  },
});
