import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { tarArchive } from "./tar";
import { workerFiles } from "./worker";

const folder = mkdtempSync(join(tmpdir(), "worker-"));
after(() => rmSync(folder, { recursive: true }));
const program = join(folder, "kubernetes");
writeFileSync(program, Buffer.from([0x7f, 0x45, 0xff, 0x00]));
writeFileSync(join(folder, "kubeconfig"), "of gamma\n");

const files = workerFiles({
  node: "gamma",
  kubeconfig: join(folder, "kubeconfig"),
  program,
  registry: "10.0.2.2:22400",
  pause: "10.0.2.2:22400/pause:lab",
  address: "10.77.0.1",
  labels: { "pantheonchain.org/dpdk": "" },
});
const text = (path: string) => String(files.find((one) => one.path === path)?.content);

test("the kubelet joins as its machine, with the labels of a worker, and reads settings that come later", () => {
  const unit = text("etc/systemd/system/kubelet.service");
  assert.match(unit, /--hostname-override=gamma --node-ip=10\.77\.0\.1 --node-labels=pantheonchain\.org\/dpdk=$/m);
  assert.match(unit, /--config-dir=\/etc\/kubernetes\/kubelet\.conf\.d /);
  assert.ok(files.some(({ path }) => path === "etc/kubernetes/kubelet.conf.d/"));
});

test("containerd pulls from the lab's registry, and a user that is not root may open what a device plugin gives", () => {
  assert.match(text("etc/containerd/config.toml"), /sandbox_image = "10\.0\.2\.2:22400\/pause:lab"/);
  assert.match(text("etc/containerd/config.toml"), /device_ownership_from_security_context = true/);
  assert.match(text("etc/containerd/certs.d/10.0.2.2:22400/hosts.toml"), /host\."http:\/\/10\.0\.2\.2:22400"/);
});

test("its login is root's alone, its program is a program, byte for byte in the archive", () => {
  const login = files.find(({ path }) => path === "etc/kubernetes/kubelet.kubeconfig");
  assert.deepEqual([login?.mode, String(login?.content)], [0o600, "of gamma\n"]);
  const kubelet = files.find(({ path }) => path === "usr/local/bin/kubelet");
  assert.equal(kubelet?.mode, 0o755);
  assert.ok(tarArchive(files).includes(Buffer.from([0x7f, 0x45, 0xff, 0x00])));
});
