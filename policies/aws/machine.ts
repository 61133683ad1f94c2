import { partsOf } from "../parts";
import type { RuleArgs } from "../rule";
import { decoded } from "./user-data";

type Props = RuleArgs["props"];

/** What an EC2 machine is started from. Values may be unknown: reading them throws. */
export interface Machine {
  readonly isTemplate: boolean;
  readonly props: Props;
}

const instances = [
  "aws:ec2/instance:Instance",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  // Its properties have the names of an instance's.
  "aws:ec2/launchConfiguration:LaunchConfiguration",
];
const template = "aws:ec2/launchTemplate:LaunchTemplate";

export const machineTypes: readonly string[] = [...instances, template];
export const noMachine = "the resource starts no EC2 machine";

export function machineOf({ type, props }: Pick<RuleArgs, "type" | "props">): Machine | null {
  return machineTypes.includes(type) ? { isTemplate: type === template, props } : null;
}

/** Whether what is absent comes from a launch template, which is judged by itself. */
export function inherits({ isTemplate, props }: Machine): boolean {
  return !isTemplate && props.launchTemplate !== undefined && props.launchTemplate !== null;
}

/** The text of user data, whatever it is packed in, with its place. */
export function userDataOf({ props }: Pick<Machine, "props">): (() => { where: string; text: string })[] {
  return ["userData", "userDataBase64"].map((where) => () => {
    const text: unknown = props[where];
    return { where, text: typeof text === "string" ? decoded(text) : "" };
  });
}

/** A list of a resource, element by element: one that throws where the list, or that element, is not known yet. */
export function elementsOf(props: Props, list: string): (() => { where: string; props: Props })[] {
  return partsOf(() => {
    const found: Props[] = props[list] ?? [];
    return [...found.keys()].map((at) => () => ({ where: `${list}[${at}]`, props: found[at] ?? {} }));
  });
}

/** A boolean, which a launch template has as a text. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";
export const isFalse = (value: unknown): boolean => value === false || value === "false";
