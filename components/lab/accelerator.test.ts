import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseAccelerator, whyNoKvm } from "./accelerator";

const probe = (script: string, device = "/dev/null", seconds = 5) =>
  ({ device, command: ["sh", "-c", script], seconds }) as const;
const BOOTS = "echo '[    1.9] Run /init as init process'; exec sleep 60";

test("emulation is taken as it stands, without a probe", async () => {
  const lines: string[] = [];
  assert.equal(await chooseAccelerator("tcg", probe("exit 1", "/missing"), (line) => lines.push(line)), "tcg");
  assert.deepEqual(lines, []);
});

test("KVM is used where a kernel boots with it", async () => {
  for (const wanted of ["kvm", "auto"] as const) {
    assert.equal(await chooseAccelerator(wanted, probe(BOOTS), assert.fail), "kvm");
  }
});

test("without /dev/kvm there is one line, and emulation", async () => {
  const lines: string[] = [];
  assert.equal(await chooseAccelerator("kvm", probe(BOOTS, "/missing/kvm"), (line) => lines.push(line)), "tcg");
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /there is no \/missing\/kvm; software emulation/);
});

test("a KVM that hangs is left when the time is over", async () => {
  const start = Date.now();
  assert.equal(
    await whyNoKvm(probe("echo Linux version; exec sleep 60", "/dev/null", 0.3)),
    "a kernel did not boot within 0.3 s",
  );
  assert.ok(Date.now() - start < 5000);
});

test("a KVM that refuses says why in its own words", async () => {
  const refuse = "echo 'qemu: error: failed to set MSR 0x10a to 0x0' >&2; echo more >&2; exit 1";
  assert.equal(await whyNoKvm(probe(refuse)), "qemu: error: failed to set MSR 0x10a to 0x0");
  assert.equal(await whyNoKvm(probe("exit 1")), "QEMU ended before its kernel booted");
});

test("a missing QEMU is an error with its remedy", async () => {
  const missing = { device: "/dev/null", command: ["/missing/qemu"] as [string], seconds: 1 };
  await assert.rejects(whyNoKvm(missing), /there is no program \/missing\/qemu; install qemu-system-x86/);
});
