import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** A resource as the engine would get it: inputs, and the options that are not the default. */
export interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly options: {
    readonly parent?: string;
    readonly protect?: true;
    readonly deleteBeforeReplace?: true;
    readonly ignoreChanges?: readonly string[];
    /** Names of those that it waits for, those of its inputs among them. */
    readonly after?: readonly string[];
  };
}

/** What a mocked AWS answers to a question. */
export type Answers = (token: string, inputs: Record<string, unknown>) => Record<string, unknown>;

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
}

type Answer = (...answered: unknown[]) => void;

/** All that a program makes, once it is made. Ids are `NAME@TYPE`, so that an input tells whose it is. */
export async function madeBy<T>(program: () => T, answers: Answers = () => ({})): Promise<{ made: Made[]; result: T }> {
  const made: Made[] = [];
  await mock(made, answers);
  const result = program();
  await pulumi.runtime.disconnect();
  return { made: made.filter(({ type }) => type !== "pulumi:pulumi:Stack"), result };
}

async function mock(made: Made[], answers: Answers): Promise<void> {
  const inputs = new Map<string, Record<string, unknown>>();
  await pulumi.runtime.setMocks({
    call: ({ token, inputs }) => answers(token, inputs),
    newResource: ({ type, name, inputs: given }) => {
      inputs.set(`${type} ${name}`, given);
      const id = `${name}@${type.split(":").at(-1)}`;
      const known = {
        macAddress: `mac of ${name}`,
        publicIp: `address of ${name}`,
        allocationId: `allocation of ${name}`,
      };
      return { id, state: { ...known, name, ...given } };
    },
  });
  const monitor = getMonitor() as unknown as { registerResource(request: Request, answer: Answer): Promise<void> };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) =>
    register(request, (...answered) => {
      made.push(madeOf(request, inputs.get(`${request.getType()} ${request.getName()}`) ?? {}));
      answer(...answered);
    });
}

function madeOf(request: Request, inputs: Record<string, unknown>): Made {
  const after = request.getDependenciesList().map(nameOf).sort();
  const ignored = request.getIgnorechangesList();
  const options = {
    ...(request.getParent() === "" ? {} : { parent: nameOf(request.getParent()) }),
    ...(request.getProtect() ? { protect: true as const } : {}),
    ...(request.getDeletebeforereplace() ? { deleteBeforeReplace: true as const } : {}),
    ...(ignored.length === 0 ? {} : { ignoreChanges: ignored }),
    ...(after.length === 0 ? {} : { after }),
  };
  return { type: request.getType(), name: request.getName(), inputs: sorted(inputs), options };
}

/** `urn:pulumi:stack::project::parent$type::name` */
function nameOf(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${name}@${type.split(":").at(-1)}`;
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A line for each resource, by type and name. */
export function linesOf(made: readonly Made[]): string {
  return `${made
    .map((one) => JSON.stringify(one))
    .sort()
    .join("\n")}\n`;
}

/** What an output is. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

export const ofType = (made: readonly Made[], type: string) => made.filter((one) => one.type.endsWith(`:${type}`));
export const named = (made: readonly Made[], type: string, name: string) =>
  ofType(made, type).find((one) => one.name === name) ?? assert.fail(`no ${type} ${name}`);
/** What is another one, or is gone or new, of two fleets. */
export const changed = (before: readonly Made[], after: readonly Made[]) => {
  const [old, now] = [before, after].map((made) => new Set(linesOf(made).trim().split("\n"))) as [
    Set<string>,
    Set<string>,
  ];
  const names = (lines: Set<string>, others: Set<string>) =>
    [...lines]
      .filter((line) => !others.has(line))
      .map((line) => `${JSON.parse(line).type.split(":").at(-1)} ${JSON.parse(line).name}`);
  return { gone: names(old, now), come: names(now, old) };
};
