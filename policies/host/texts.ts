import { type Machine, machineOf, userDataOf } from "../aws/machine";
import { textsOf } from "../parts";
import type { RuleArgs } from "../rule";
import { type HostPlan, hostPlanOf } from "./plan";

/** What a host is told to do: a text with its place, the plan of a converge command, or the user data of an EC2 machine. */
export interface HostText {
  readonly where: string;
  readonly text: string;
  readonly machine: Machine | null;
}

const isCommand = (type: string) => /^command:(local|remote):Command$/.test(type);

export const noHost = "the resource tells a host nothing";

/** Every text by itself, and the plan with its own rules; null where the resource tells a host nothing. */
export function hostParts<Found>(
  args: RuleArgs,
  ofText: (text: HostText) => Found[],
  ofPlan: (plan: HostPlan) => Found[],
): (() => Found[])[] | null {
  const machine = machineOf(args);
  if (machine !== null) return userDataOf(machine).map((read) => () => ofText({ ...read(), machine }));
  if (!isCommand(args.type)) return null;
  const commands = ["create", "update", "delete", "interpreter"].flatMap((where) =>
    textsOf(() => args.props[where] ?? "").map((read) => () => ofText({ where, text: read(), machine: null })),
  );
  const input = () => {
    const plan = hostPlanOf(args);
    if (plan !== null) return ofPlan(plan);
    const text: unknown = args.props.stdin;
    return ofText({ where: "stdin", text: typeof text === "string" ? text : "", machine: null });
  };
  return [...commands, input];
}
