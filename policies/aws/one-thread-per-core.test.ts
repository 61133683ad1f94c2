import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { dpdk, instance, type Props, says, template } from "./aws.fixture";
import { oneThreadPerCore as rule } from "./one-thread-per-core";

const node = (instanceType: string, rest: Props = {}): Props => ({ instanceType, tags: dpdk, ...rest });

test("one thread a core passes, and so do CPUs that know no second one and machines of others", () =>
  says(rule, [
    [instance, node("c6in.large", { cpuOptions: { coreCount: 1, threadsPerCore: 1 } }), null],
    [instance, node("c6in.large", { cpuThreadsPerCore: 1 }), null],
    [template, node("c6in.large", { cpuOptions: { threadsPerCore: 1 } }), null],
    [instance, node("c7gn.large"), null],
    [instance, node("m7a.large"), null],
    [instance, node("g5.xlarge"), null],
    [instance, node("c6in.metal"), null],
    [instance, node("c6in.metal", { cpuOptions: null }), null],
    [instance, { instanceType: "c6in.large" }, null],
    [instance, node("c6in.large", { launchTemplate: { id: "lt-1" } }), null],
    [template, { tags: dpdk }, null],
  ]));

test("two threads on x86, said or meant, are a warning", () =>
  says(rule, [
    [instance, node("c6in.large"), { advises: /threadsPerCore is absent, which means 2 on c6in\.large/ }],
    [template, node("m6a.large", { cpuOptions: { threadsPerCore: 2 } }), { advises: /threadsPerCore is 2/ }],
    [
      instance,
      node("c6in.large", { launchTemplate: { id: "lt-1" }, cpuOptions: { threadsPerCore: 2 } }),
      { advises: /is 2/ },
    ],
  ]));

test("CPU options on metal are refused, for every machine", () =>
  says(rule, [
    [
      instance,
      { instanceType: "c6in.metal", cpuOptions: { threadsPerCore: 1 } },
      { violates: /cpuOptions is given for c6in\.metal/ },
    ],
    [template, node("c8gn.metal-48xl", { cpuOptions: { coreCount: 8 } }), { violates: /cpuOptions is given/ }],
    [instance, { instanceType: "c5.metal", cpuThreadsPerCore: 1 }, { violates: /cpuThreadsPerCore is given/ }],
    [instance, { instanceType: "c5.metal", cpuCoreCount: 8 }, { violates: /cpuCoreCount is given/ }],
  ]));

test("what is not known yet is said, and other resources are left alone", () =>
  says(rule, [
    [instance, node(unknown), { unjudged: true }],
    [instance, node("c6in.large", { cpuOptions: { threadsPerCore: unknown } }), { unjudged: true }],
    [instance, { instanceType: "c6in.large", tags: unknown }, { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
