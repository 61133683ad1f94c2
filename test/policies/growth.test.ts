import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyResource, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { Rule } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { example } from "../engine/policy-cases/resources";
import { corpus } from "./corpus";

// A rule that compares each resource with all others by reading them costs a fleet of a hundred instances minutes, and says nothing of it.
const stackRules = rules.filter((rule): rule is Rule & StackValidationPolicy => "validateStack" in rule);
const manifests = corpus().filter(({ name }) => name.endsWith(".yaml"));

for (const rule of stackRules)
  test(`${rule.name} reads a stack of four times the size four times as often, and not more`, () => {
    const [few, many] = [readsOf(rule, 8), readsOf(rule, 32)];
    assert.ok(few > 0 && many > 3 * few, `it reads ${few} and ${many}: the stack has nothing for it`);
    assert.ok(many < 5 * few, `it reads ${few} and ${many} properties`);
  });

/** How many properties a rule reads of a stack of so many of everything. */
function readsOf(rule: StackValidationPolicy, size: number): number {
  const count = { reads: 0 };
  const resources = Array.from({ length: size }, (_, at) => [...ofManifests(at), ...ofNode(at)])
    .flat()
    .map((one) => counted(one, count));
  const byName = new Map(resources.map((one) => [one.name, one]));
  for (const { propertyDependencies: all } of resources)
    for (const [name, made] of Object.entries(all)) all[name] = made.map((one) => byName.get(one.name) ?? one);
  const args = { resources, getConfig: () => ({}), notApplicable: left, stackTags: new Map() };
  try {
    void rule.validateStack(args as unknown as StackValidationArgs, () => undefined);
  } catch {
    // What a preview does not know, or what the rule has nothing to say of.
  }
  return count.reads;
}

function left(reason?: string): never {
  throw new Error(reason);
}

type Made = Pick<PolicyResource, "type" | "name" | "props"> & { readonly from?: Readonly<Record<string, Made[]>> };

function ofManifests(at: number): Made[] {
  return manifests.flatMap(({ resources }, file) =>
    resources.map(({ type, inputs }, of) => ({ type, name: `${file}-${of}-${at}`, props: (inputs ?? {}) as object })),
  );
}

/** A node as a preview sees it: no id is known yet. */
function ofNode(at: number): Made[] {
  const tags = { "pantheonchain.org/dpdk-role": "dpdk" };
  const made = (type: string, name: string, props: object, from: Made["from"] = {}): Made => ({
    type,
    name: `${name}-${at}`,
    props: Object.defineProperty(props, "id", { get: left, enumerable: true }),
    from,
  });
  const subnet = made("aws:ec2/subnet:Subnet", "subnet", { availabilityZone: "a" });
  const group = made("aws:ec2/placementGroup:PlacementGroup", "group", { strategy: "cluster" });
  const nic = made("aws:ec2/networkInterface:NetworkInterface", "nic", { tags, subnetId: "?" }, { subnetId: [subnet] });
  const launch = { tags, placement: { groupName: "?" }, networkInterfaces: [{ deviceIndex: 1 }], userData: "" };
  const template = made("aws:ec2/launchTemplate:LaunchTemplate", "template", launch, {
    placement: [group],
    networkInterfaces: [nic],
  });
  const started = { tags, launchTemplate: { version: "$Latest" } };
  const instance = made("aws:ec2/instance:Instance", "instance", started, { launchTemplate: [template] });
  const attached = { deviceIndex: 2, networkInterfaceId: "?", instanceId: "?" };
  const attachment = made("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "attachment", attached, {
    networkInterfaceId: [nic],
    instanceId: [instance],
  });
  const eip = made("aws:ec2/eip:Eip", "eip", { networkInterface: "?" }, { networkInterface: [nic] });
  const converge = { create: "sudo -n dpdk-node-agent converge", stdin: JSON.stringify(example) };
  const host = made("command:local:Command", "host", converge);
  return [subnet, group, nic, template, instance, attachment, eip, host];
}

function counted({ type, name, props, from = {} }: Made, count: { reads: number }): PolicyResource {
  const read = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    return new Proxy(value, {
      get: (of, key) => {
        count.reads += 1;
        return read(Reflect.get(of, key));
      },
    });
  };
  const urn = `urn:pulumi:growth::dpdk-fleet::${type}::${name}`;
  return {
    type,
    name,
    urn,
    props: read(props),
    opts: {},
    dependencies: [],
    propertyDependencies: { ...from },
    isType: () => false,
  } as unknown as PolicyResource;
}
