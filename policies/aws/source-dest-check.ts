import { type Finding, type RuleArgs, resourceRule } from "../rule";
import { isNamed, known, namesSetting } from "./known";
import { elementsOf, isFalse, isTrue } from "./machine";

/** Tag that says that a machine or an interface forwards what is addressed to others. */
const forwardingKey = "pantheonchain.org/dpdk-forwarding";

export const sourceDestCheck = resourceRule({
  name: "dpdk-source-dest-check",
  displayName: "Only what forwards has no source/destination check",
  description: "The source/destination check is off where forwarding is declared, and on everywhere else.",
  why: "Without it a node may send under any address of the network; with it, one that forwards loses every packet that is not its own.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html#modify-source-dest-check",
  group: "aws",
  severity: "medium",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps: `Take \`sourceDestCheck: false\` out, or declare it: tag ${forwardingKey}: "true".`,
  settings: { forwarding: namesSetting("Machines and interfaces that forward packets of others, by name.") },
  judge: (args) => {
    const { type, props } = args;
    if (!types.includes(type)) return "the resource has no source/destination check";
    const checks = [
      () => ({ where: "sourceDestCheck", value: props.sourceDestCheck as unknown }),
      ...elementsOf(props, "secondaryNetworkInterfaces").map((read) => () => {
        const { where, props: element } = read();
        return { where: `${where}.sourceDestCheck`, value: element.sourceDestCheck as unknown };
      }),
    ];
    return checks.map((read) => () => mistakes(read(), args));
  },
});

const types = ["aws:ec2/instance:Instance", "aws:ec2/networkInterface:NetworkInterface"];

function mistakes({ where, value }: { where: string; value: unknown }, args: RuleArgs): Finding[] {
  // Of an instance that is given its interfaces, each has a check of its own.
  const isOwn = where === "sourceDestCheck" && known(() => args.props.networkInterfaces) === undefined;
  if (!isFalse(value) && !isOwn) return [];
  const forwards = isForwarding(args);
  if (isFalse(value) === forwards) return [];
  const warning = forwards
    ? `${where} is not false though forwarding is declared: AWS drops every packet that is not the node's own; write false`
    : `${where} is false and no forwarding is declared: the node may send under any address; take it out, or tag it ${forwardingKey}: true`;
  return [{ warning }];
}

function isForwarding({ name, props, getConfig }: RuleArgs): boolean {
  const { forwarding } = getConfig<{ forwarding?: string[] }>();
  return isNamed(forwarding, name) || isTrue(props.tags?.[forwardingKey]);
}
