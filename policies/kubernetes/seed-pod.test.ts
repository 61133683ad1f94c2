import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, judgeStack } from "../resource.fixture";
import { kubernetesRules } from "./rules";

/** The pod that the guide of the seed shows (its question 8: "Can I use DPDK with Docker/Kubernetes?"), with nothing added. */
const seedPod = {
  spec: {
    containers: [
      {
        name: "pantheon-node",
        resources: { requests: { "hugepages-1Gi": "4Gi" }, limits: { "intel.com/sriov": 1 } },
      },
    ],
    volumes: [{ name: "hugepages", emptyDir: { medium: "HugePages-1Gi" } }],
  },
};

/** What each rule says of it. The first three keep it from ever running; a rule that is not here says nothing that stops it. */
const reasons: Readonly<Record<string, RegExp>> = {
  "dpdk-hugepages-request-is-limit": /requests 4Gi of hugepages-1Gi and has no limit/,
  "dpdk-hugepages-with-cpu-and-memory": /has hugepages-1Gi and neither cpu nor memory, which the API server refuses/,
  "dpdk-hugepages-mounted": /mounts no emptyDir of medium HugePages-1Gi, so DPDK finds no memory/,
  "dpdk-guaranteed-whole-cpus": /has no limit of cpu, so the pod is not Guaranteed/,
  "dpdk-ipc-lock-with-device": /has intel\.com\/sriov and not the capability IPC_LOCK/,
  "dpdk-image-by-digest": /image of containers\[0\] \(pantheon-node\) is empty/,
  "dpdk-no-bare-pod": /kind is Pod: when the node reboots/,
};

test("the seed's own pod is refused, with every reason", async () => {
  for (const rule of kubernetesRules) {
    const { violations, unjudged } =
      "validateStack" in rule
        ? await judgeStack(rule, [{ type: "kubernetes:core/v1:Pod", name: "node", props: seedPod }])
        : await judge(rule, "kubernetes:core/v1:Pod", seedPod);
    assert.deepEqual(unjudged, [], rule.name);
    const reason = reasons[rule.name];
    if (reason === undefined) assert.deepEqual(violations, [], rule.name);
    else assert.match(violations.join(), reason);
  }
});
