import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { shell } from "../faults/trap";
import { nodeOf, said } from "./changes";
import { type Lab, theLab } from "./lab";
import { until } from "./until";

// What docs/security.md promises of the way in.
let lab: Lab;

before(async () => {
  lab = theLab();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

after(async () => {
  await until("beta's own timer to give its login all rights again", 240, async () => {
    await lab.ssh("beta", "sudo -n true");
    return true;
  });
});

test("the agent's files are root's, and nobody else may write them", async () => {
  for (const node of ["alpha", "beta"]) {
    const places =
      "/usr/local/lib/dpdk-fleet /usr/local/sbin/dpdk-node-agent /var/lib/dpdk-fleet /run/dpdk-fleet /opt/pantheonchain";
    const found = await shell(
      lab,
      node,
      `find ${places} ! -type l \\( ! -user root -o -perm /022 \\) 2>/dev/null || true`,
    );
    assert.equal(found, "");
    const memory = await shell(lab, node, "stat -c %a /var/lib/dpdk-fleet");
    assert.equal(memory.trim(), "700");
  }
});

test("an agent whose content is not the one that was sent is refused, and nothing is installed", async () => {
  const linked = "readlink /usr/local/sbin/dpdk-node-agent";
  const before = await lab.ssh("alpha", linked);
  // Every version that was ever sent lies there until the node leaves the fleet file.
  const tamper = "cp $(ls -t ./.dpdk-node-agent-*.pyz | head -n 1) /tmp/other.pyz && printf x >> /tmp/other.pyz";
  const install = `python3 /tmp/other.pyz install --sha256 ${"0".repeat(64)}`;
  const refused = await lab.ssh("alpha", `${tamper} && ${install} 2>&1; echo "exit $?"; rm -f /tmp/other.pyz`);
  assert.match(refused, /this is not the agent that was sent.*\nexit 1/s);
  assert.equal(await lab.ssh("alpha", linked), before);
});

test("the operator's private key is neither on a node nor in plain text in the state", async () => {
  const key = readFileSync(join(lab.settings.cacheFolder, "lab", "operator_ed25519"), "utf8").split("\n")[2] ?? "";
  assert.ok(key.length > 30);
  const state = await lab.pulumi("stack", "export");
  assert.equal(state.code, 0, said(state));
  assert.ok(!said(state).includes(key));
  for (const node of ["alpha", "beta"]) {
    const found = await shell(lab, node, `grep -rlF '${key}' /etc /root /home /var/lib /run /tmp 2>/dev/null || true`);
    assert.equal(found, "");
  }
});

test("sudo for the two documented commands is enough", async () => {
  const rules = readFileSync(join(lab.settings.projectFolder, "docs/security.md"), "utf8").match(/^operator ALL=.*$/gm);
  assert.equal(rules?.length, 2);
  // Put back by a timer of root's: with these rights the login cannot do it.
  await shell(
    lab,
    "beta",
    `cp -p /etc/sudoers.d/operator /root/operator.sudoers
systemd-run --quiet --on-active=150 --unit=fault-sudoers sh -c 'mv /root/operator.sudoers /etc/sudoers.d/operator'
printf '%s\\n' ${rules?.map((rule) => `'${rule}'`).join(" ")} > /etc/sudoers.d/operator`,
  );
  const done = await lab.up((fleet) => {
    nodeOf(fleet, "beta").files = [{ path: "/etc/pantheonchain/motto", content: "least rights\n" }];
  });
  assert.equal(done.code, 0, said(done));
  await assert.rejects(lab.ssh("beta", "sudo -n id"), /password is required|not allowed/);
});
