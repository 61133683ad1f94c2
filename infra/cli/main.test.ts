import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { dump, load } from "js-yaml";
import { facts } from "../../components/fleet/propose.fixture";
import { type CommandResult, run } from "./command";

// The command line as a person calls it, with what it must refuse before anything is installed, built or started.
const project = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-cli-"));
const cache = join(folder, "cache");
const command = [join(project, "node_modules", ".bin", "tsx"), join(project, "infra/cli/main.ts")];

after(() => rmSync(folder, { recursive: true, force: true }));

type Yaml = Record<string, Record<string, Record<string, unknown>>>;

function labUp(change: (fleet: Yaml) => void): Promise<CommandResult> {
  const fleet = load(readFileSync(join(project, "stacks/lab.fleet.yaml"), "utf8")) as Yaml;
  change(fleet);
  const file = join(folder, "bad.fleet.yaml");
  writeFileSync(file, dump(fleet, { noRefs: true }));
  return call([...command, "lab", "up", "--fleet", file]);
}

function call(words: readonly string[], path = process.env.PATH ?? ""): Promise<CommandResult> {
  const [program, ...args] = words as [string];
  return run(program, args, { folder: project, seconds: 60, environment: { DPDK_FLEET_CACHE: cache, PATH: path } });
}

/** One line on standard error, nothing on standard output, and nothing in the cache folder. */
function assertRefused(done: CommandResult, line: RegExp): void {
  assert.equal(done.code, 1, done.err);
  assert.equal(done.out, "");
  const lines = done.err
    .trimEnd()
    .split("\n")
    .filter((text) => !text.startsWith("-") && !/^ .*: failed after/.test(text));
  assert.equal(lines.length, 1, done.err);
  assert.match(lines[0] ?? "", line);
  assert.deepEqual(existsSync(cache) ? readdirSync(cache) : [], []);
}

const beta = (fleet: Yaml): Record<string, unknown> => fleet.nodes?.beta ?? {};

test("an unknown key in the fleet file is one line with its place and what was meant", async () => {
  const done = await labUp((fleet) => Object.assign(beta(fleet), { hugepage: [] }));
  assertRefused(done, /bad\.fleet\.yaml: nodes\.beta\.hugepage: found \[\]; is no key here; did you mean hugepages\?$/);
});

test("a CPU that the node has not is one line", async () => {
  const done = await labUp((fleet) => Object.assign(beta(fleet), { cpus: { housekeeping: "0-1", isolated: "2-4" } }));
  assertRefused(done, /nodes\.beta\.cpus\.isolated: found "2-4"; beta has no CPU 4; choose among 0-3$/);
});

test("more hugepages than memory are one line with how many fit", async () => {
  const done = await labUp((fleet) => Object.assign(beta(fleet), { hugepages: [{ size: "2M", pages: [9000, 128] }] }));
  assertRefused(done, /nodes\.beta\.hugepages\[0\]\.pages\[0\]: found 9000; .*which has 1280M.*627 pages at most$/);
});

test("the NIC that carries SSH is refused in one line", async () => {
  const done = await labUp((fleet) => {
    const node = beta(fleet) as { hardware: { nics: object }; nics: object[] };
    const uplink = { pci: "0000:00:03.0", driver: "virtio-pci", mac: "52:54:00:d9:00:09" };
    node.hardware.nics = { ...node.hardware.nics, uplink };
    node.nics = [...node.nics, { name: "uplink", bind: "vfio-pci" }];
  });
  assertRefused(
    done,
    /nodes\.beta\.nics\[1\]\.name: found "uplink"; is 0000:00:03\.0, which carries the SSH connection/,
  );
});

test("a disk with too little room is one line, before anything is installed", { skip: notRoot() }, async () => {
  mkdirSync(cache, { recursive: true });
  const mount = `mount -t tmpfs -o size=64m none '${cache}' && exec "$@"`;
  const done = await call([
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "sh",
    "-c",
    mount,
    "sh",
    ...command,
    "lab",
    "up",
  ]);
  assertRefused(
    done,
    /is on a disk with 0\.1 GB free, 15 GB are needed; make room, or name a folder on another disk in the variable DPDK_FLEET_CACHE$/,
  );
});

test("who is neither root nor allowed to use sudo is told so in one line, before anything is installed", async () => {
  // Programs of the test's own: a Debian with no package installed, and a sudo that refuses.
  const programs = join(folder, "programs");
  mkdirSync(programs);
  for (const [name, code] of [
    ["dpkg-query", 0],
    ["sudo", 1],
  ] as const) {
    writeFileSync(join(programs, name), `#!/bin/sh\nexit ${code}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const room = join(folder, "nobody");
  mkdirSync(room);
  chmodSync(folder, 0o755);
  chmodSync(room, 0o777);
  const words = ["env", `DPDK_FLEET_CACHE=${room}`, `HOME=${room}`, ...command, "lab", "up"];
  const nobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const done = await call([...nobody, ...words], `${programs}:${process.env.PATH}`);
  assertRefused(
    done,
    /neither root nor allowed to use sudo without a password \(user \d+\), which is needed to install Debian packages; run this as root/,
  );
});

test("a verb that is not there is told with those that are, and the exit code says so", async () => {
  const done = await call([...command, "lab", "upp"]);
  assert.equal(done.code, 2);
  assert.match(done.err, /unknown verb `lab upp`[\s\S]*lab up \[--fleet FILE\]/);
});

test("help is no error, and says every verb and exit code", async () => {
  const done = await call([...command, "--help"]);
  assert.deepEqual([done.code, done.err], [0, ""]);
  for (const verb of ["facts", "propose", "explain", "doctor", "checklist", "policy check", "exit codes"]) {
    assert.ok(done.out.includes(`\n  ${verb} `) || done.out.includes(`\n${verb}`), verb);
  }
});

test("npx's program is the same command line, and proposes from a file of facts without a connection", async () => {
  const known = join(folder, "facts.json");
  writeFileSync(known, JSON.stringify(facts()));
  const npx = ["node", join(project, "infra/cli/dpdk-fleet.cjs")];
  const done = await call([...npx, "propose", "validator-07", "--facts", known]);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^ {2}validator-07: # what servers of this kind share$/m);
  writeFileSync(known, '{"version":1}');
  const wrong = await call([...npx, "propose", "validator-07", "--facts", known]);
  assertRefused(
    wrong,
    /facts\.json: no facts of a node: hostname: .*; give what `dpdk-fleet facts NODE --json` writes$/,
  );
});

test("a stack that is not there and a fleet named twice are told in one line", async () => {
  assertRefused(
    await call([...command, "doctor", "--stack", "fra1"]),
    /there is no stack fra1, which would be .*fra1\.yaml; name another$/,
  );
  const twice = await call([...command, "doctor", "--stack", "fra1", "--fleet", "x.yaml"]);
  assert.deepEqual(
    [twice.code, twice.err],
    [2, "dpdk-fleet: --stack and --fleet both name the fleet; give one of them\n"],
  );
});

/** A mount of its own needs root; said by the test's runner where it is left out. */
function notRoot(): string | false {
  return process.getuid?.() === 0 ? false : "needs root for a small disk of its own";
}
