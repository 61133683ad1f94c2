import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { judge } from "../resource.fixture";
import { digest, dpdkPod, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
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

const names = (messages: readonly string[]) => [...new Set(messages.map((message) => message.split(":")[0]))];

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

test("the pod that the project's first document shows is refused, with its reasons", async () => {
  const { violations } = await said({
    spec: {
      containers: [
        {
          name: "pantheon-node",
          image: `registry.example.com/pantheon-node${digest}`,
          resources: { requests: { "hugepages-1Gi": "4Gi" }, limits: { "intel.com/sriov": 1 } },
        },
      ],
      volumes: [{ name: "hugepages", emptyDir: { medium: "HugePages-1Gi" } }],
    },
  });
  for (const name of ["request-is-limit", "with-cpu-and-memory", "mounted"])
    assert.ok(names(violations).includes(`dpdk-hugepages-${name}`), name);
  assert.ok(names(violations).includes("dpdk-ipc-lock-with-device"));
});
