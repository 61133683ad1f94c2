import assert from "node:assert/strict";
import { test } from "node:test";
import { changedTasks as changedTasksOf, inventoryOf, recap } from "./ansible";
import { labPlan } from "./plan.fixture";

// As Ansible 2.14 prints it.
const output = `
PLAY [DPDK node] ***************************************************************

TASK [Kernel settings now] *****************************************************
changed: [alpha] => (item={'key': 'vm.max_map_count', 'value': '262144'})

TASK [Files] *******************************************************************
--- before
+++ after: /tmp/x
+changed: [alpha] stands in a file too
changed: [alpha] => (item=/etc/pantheonchain/dpdk.conf)
changed: [alpha] => (item=/etc/pantheonchain/config.toml)

TASK [Users] *******************************************************************
ok: [alpha] => (item=pantheon)

RUNNING HANDLER [Make the boot menu] *******************************************
changed: [alpha]

PLAY RECAP *********************************************************************
alpha                      : ok=12   changed=3    unreachable=0    failed=0    skipped=9    rescued=0    ignored=0
`;

test("what a playbook has changed is read from its output, a task once", () => {
  const found = recap("alpha", { code: 0, out: output, err: "" });
  const changedTasks = ["Kernel settings now", "Files", "Make the boot menu"];
  assert.deepEqual(found, { ok: 12, changed: 3, changedTasks });
  assert.deepEqual(changedTasksOf(""), []);
});

test("a run that failed, that did not reach the node, or that was for another one is an error with its last lines", () => {
  const broken = output.replace("failed=0", "failed=1");
  assert.throws(() => recap("alpha", { code: 2, out: broken, err: "" }), /ended with 2:[\s\S]*failed=1/);
  assert.throws(
    () => recap("alpha", { code: 0, out: output.replace("unreachable=0", "unreachable=1"), err: "" }),
    /ended/,
  );
  assert.throws(() => recap("beta", { code: 0, out: output, err: "" }), /ended with 0/);
});

test("the playbook gets the plan that the agent gets, and the same ssh configuration", () => {
  const plan = labPlan();
  const expected = { ansible_ssh_common_args: "-F /x/ssh_config", plan };
  assert.deepEqual(inventoryOf("alpha", plan, "/x/ssh_config"), { nodes: { hosts: { alpha: expected } } });
});
