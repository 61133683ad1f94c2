import assert from "node:assert/strict";
import { test } from "node:test";
import { installationLines, missingPackages, NEEDED, NEEDED_FOR_TESTS } from "./needed";

const all = (qemu: string): Map<string, string> =>
  new Map(NEEDED.map(({ name }) => [name, name === "qemu-system-x86" ? qemu : "1.0-1"]));

test("nothing is missing where all is installed", () => {
  assert.deepEqual(missingPackages(all("1:10.0.2+ds-2+deb13u1~bpo12+1"), "bookworm"), []);
});

test("bookworm's own QEMU is too old, and a newer one comes from its backports", () => {
  const missing = missingPackages(all("1:7.2+dfsg-7+deb12u18"), "bookworm");
  assert.deepEqual(
    missing.map(({ name, suite }) => [name, suite]),
    [["qemu-system-x86", "bookworm-backports"]],
  );
});

test("a later release has a QEMU that is new enough itself", () => {
  const missing = missingPackages(new Map(), "trixie");
  assert.equal(missing.length, NEEDED.length);
  assert.deepEqual([...new Set(missing.map((one) => one.suite))], ["trixie"]);
});

test("the list says of each package where it comes from and what it is for", () => {
  const lines = installationLines(missingPackages(new Map(), "bookworm"));
  assert.match(lines[0] ?? "", /^qemu-system-x86 {2}from bookworm-backports: virtual machines/);
  assert.match(lines[2] ?? "", /^mmdebstrap {7}from bookworm: the lab's disk$/);
});

test("what the tests need beside it is told and chosen the same way, with the service that must not start", () => {
  const missing = missingPackages(new Map(), "bookworm", NEEDED_FOR_TESTS);
  assert.deepEqual(missing.slice(0, 1), [
    {
      name: "openssh-server",
      suite: "bookworm",
      why: "an SSH server that tests start on ports of their own",
      service: "ssh",
    },
  ]);
});
