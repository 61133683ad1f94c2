import { type Finding, resourceRule } from "../rule";
import { instanceType } from "./instance-types";
import { inherits, type Machine, machineOf, noMachine } from "./machine";
import { roleOf } from "./role";

export const oneThreadPerCore = resourceRule({
  name: "dpdk-one-thread-per-core",
  displayName: "One thread a core",
  description: "x86 machines of DPDK have one thread a core; metal, which knows no CPU options, is given none.",
  why: "Two threads that poll share one core's caches and ports: each loses packets while the other works.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-optimize-cpu.html",
  group: "aws",
  severity: "medium",
  levels: { lab: "disabled", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write `cpuOptions: { coreCount, threadsPerCore: 1 }`; on metal leave it out and boot with nosmt.",
  judge: (args) => {
    const machine = machineOf(args);
    return machine === null ? noMachine : [() => mistakes(machine, () => roleOf(args) === "dpdk")];
  },
});

function mistakes(machine: Machine, isDpdk: () => boolean): Finding[] {
  const { props } = machine;
  const type = instanceType(props.instanceType ?? "");
  if (type === null) return [];
  // The names before version 6 of the provider stand beside those of now.
  const options = ["cpuOptions", "cpuCoreCount", "cpuThreadsPerCore"].filter((name) => isGiven(props[name]));
  if (type.isMetal)
    return options.map(
      (name) =>
        `${name} is given for ${props.instanceType}, and AWS starts no metal with CPU options; take it out, and boot with nosmt`,
    );
  if (type.isSingleThreaded || type.cpu === null) return [];
  const threads: unknown = props.cpuOptions?.threadsPerCore ?? props.cpuThreadsPerCore;
  if (threads === 1 || (!isGiven(threads) && inherits(machine)) || !isDpdk()) return [];
  const said = isGiven(threads) ? `is ${threads}` : "is absent, which means 2";
  return [
    {
      warning: `cpuOptions.threadsPerCore ${said} on ${props.instanceType}: two polling threads share a core; write 1`,
    },
  ];
}

const isGiven = (value: unknown) => value !== undefined && value !== null;
