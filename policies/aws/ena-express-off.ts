import { type Finding, type RuleArgs, resourceRule } from "../rule";
import { elementsOf, isTrue, machineOf } from "./machine";
import { roleOf } from "./role";

export const enaExpressOff = resourceRule({
  name: "dpdk-ena-express-off",
  displayName: "ENA Express is off for DPDK",
  description: "Interfaces of high packet rates do without ENA Express.",
  why: "ENA Express puts packets back in order on the card: it adds tens of microseconds, and takes fewer packets a second than the interface could.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-express.html",
  group: "aws",
  severity: "low",
  levels: { lab: "disabled", staging: "advisory", mainnet: "advisory" },
  remediationSteps: "Take `enaSrdSpecification` out, or write `enaSrdEnabled: false`.",
  judge: (args) => {
    const places = placesOf(args);
    if (places === null) return "the resource has no EC2 interface";
    return places.map((read) => () => {
      const { where, props } = read();
      return mistakes(where, props, () => roleOf(args) === "dpdk");
    });
  },
});

function placesOf({ type, props }: RuleArgs): (() => { where: string; props: RuleArgs["props"] })[] | null {
  if (type === "aws:ec2/networkInterface:NetworkInterface") return [() => ({ where: "", props })];
  const machine = machineOf({ type, props });
  if (machine === null) return null;
  return elementsOf(props, "networkInterfaces").map((read) => () => {
    const { where, props: element } = read();
    return { where: `${where}.`, props: element };
  });
}

function mistakes(where: string, props: RuleArgs["props"], isDpdk: () => boolean): Finding[] {
  const found = props.enaSrdSpecification;
  if (!isTrue(found?.enaSrdEnabled) || !isDpdk()) return [];
  const warning = `${where}enaSrdSpecification.enaSrdEnabled is true: ENA Express adds latency and lowers the packet rate of DPDK; write false`;
  return [{ warning }];
}
