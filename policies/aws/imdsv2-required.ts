import { resourceRule } from "../rule";
import { known } from "./known";
import { inherits, type Machine, machineOf, noMachine } from "./machine";

export const imdsv2Required = resourceRule({
  name: "dpdk-imdsv2-required",
  displayName: "IMDS asks for a token",
  description: "An EC2 machine's metadata service answers nobody without a token.",
  why: "Without a token any request that a program of the node can be made to send reads the node's credentials, by which its interfaces are moved.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: 'Write `metadataOptions: { httpTokens: "required" }`; programs that ask must send a token.',
  judge: (args) => {
    const machine = machineOf(args);
    return machine === null ? noMachine : [() => mistakes(machine)];
  },
});

function mistakes(machine: Machine) {
  const options = machine.props.metadataOptions ?? {};
  const tokens: unknown = options.httpTokens;
  if (tokens === "required" || known(() => options.httpEndpoint) === "disabled") return [];
  if (tokens !== undefined)
    return [
      `metadataOptions.httpTokens is ${tokens}, so whoever makes the node send a request reads its credentials; write required`,
    ];
  if (inherits(machine) || options.httpEndpoint === "disabled") return [];
  return [
    {
      warning:
        "metadataOptions.httpTokens is absent, so the image or the account decides whether IMDS asks for a token; write required",
    },
  ];
}
