import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { judge } from "../resource.fixture";
import { dpdkPod, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { kubernetesRules } from "./rules";

type Props = Parameters<typeof judge>[2];

const isOfResource = (rule: object): rule is ResourceValidationPolicy & { name: string } => "validateResource" in rule;

/** Every rule of this folder about one resource, and what it says of a pod: `name: message`. */
async function said(props: Props): Promise<{ violations: string[]; advice: string[] }> {
  const all = { violations: [] as string[], advice: [] as string[] };
  for (const rule of kubernetesRules.filter(isOfResource)) {
    const { violations, advice } = await judge(rule, podType, props);
    all.violations.push(...violations.map((message) => `${rule.name}: ${message}`));
    all.advice.push(...advice.map((message) => `${rule.name}: ${message}`));
  }
  return all;
}

test("a pod as it should be breaks none of these rules", async () => {
  const { violations, advice } = await said(dpdkPod());
  assert.deepEqual([violations.filter((one) => !one.startsWith("dpdk-no-bare-pod")), advice], [[], []]);
});

test("a web server and a device plugin are not asked for what a DPDK pod needs", async () => {
  const plugin = pluginPod(
    { securityContext: { privileged: true } },
    { hostNetwork: true, volumes: [{ name: "plugins", hostPath: { path: "/var/lib/kubelet/" } }] },
  );
  for (const pod of [webPod, plugin]) {
    const { violations, advice } = await said(pod);
    assert.deepEqual([violations.filter((one) => !one.startsWith("dpdk-no-bare-pod")), advice], [[], []]);
  }
});
