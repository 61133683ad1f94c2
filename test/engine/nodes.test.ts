import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { dump, load } from "js-yaml";
import { fleetValues } from "../../components/fleet/fleet.fixture";
import { facts } from "../../components/fleet/propose.fixture";
import { type CommandResult, run } from "../../infra/cli/command";
import { type Sshd, startSshd } from "./sshd";

// The command line as a person calls it, over OpenSSH and a real sshd. Where a test says so the login runs what it is asked for, so
// that the agent is sent, run on this machine and removed; else it answers each verb with what an agent has answered.
const project = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-nodes-"));
const temporary = join(folder, "tmp"); // the login's own place for temporary files
const fleetFile = join(folder, "test.fleet.yaml");
const tsx = join(project, "node_modules", ".bin", "tsx");
let sshd: Sshd;

// SIZE bytes of agent come first; what follows is the verb's own input. Every call is noted with it.
const scripted = `
import os, sys
asked = os.environ["SSH_ORIGINAL_COMMAND"]
verb = asked.rsplit("'", 1)[-1].split() if "python3" in asked else asked.split()
if "python3" in asked:
    left = int(verb[0])
    while left:
        left -= len(os.read(0, left))
    verb = verb[2:]
with open("${folder}/log", "a") as log:
    log.write(" ".join(verb) + " < " + sys.stdin.read(60) + "\\n")
for name in (verb[0].rpartition("/")[2] + "." + str(sum(1 for _ in open("${folder}/log"))), " ".join(verb)):
    if os.path.exists("${folder}/answers/" + name):
        code, _, text = open("${folder}/answers/" + name).read().partition("\\n")
        (sys.stdout if code in ("0", "1") and text[:1] in "[{m" else sys.stderr).write(text)
        sys.exit(int(code))
sys.exit("dpdk-node-agent: nothing is scripted for " + " ".join(verb))
`;

before(async () => {
  mkdirSync(join(folder, "answers"));
  mkdirSync(temporary);
  writeFileSync(join(folder, "scripted.py"), scripted);
  writeFileSync(join(folder, "behaviour"), "");
  sshd = await startSshd(folder, `/bin/sh ${join(folder, "behaviour")}`);
  const node = (load(dump(fleetValues())) as { nodes: { validator: Record<string, unknown> } }).nodes.validator;
  const ssh = { host: "127.0.0.1", port: sshd.port, user: sshd.user, hostKey: sshd.hostKey };
  const nodes = { validator: { ...node, ssh: { ...ssh, sudo: false, identity: { file: sshd.keyFile } } } };
  writeFileSync(fleetFile, dump({ version: 1, site: "test", nodes }, { lineWidth: -1 }));
});

after(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  rmSync(join(folder, "log"), { force: true });
  rmSync(join(folder, "answers"), { recursive: true });
  mkdirSync(join(folder, "answers"));
  writeFileSync(join(folder, "behaviour"), `exec python3 ${join(folder, "scripted.py")}\n`);
});

function cli(...words: string[]): Promise<CommandResult> {
  const args = [join(project, "infra/cli/main.ts"), ...words, "--fleet", fleetFile];
  return run(tsx, args, {
    folder: project,
    seconds: 120,
    environment: { DPDK_FLEET_CACHE: join(folder, "cache") },
  });
}

function answer(verb: string, code: number, text: unknown): void {
  writeFileSync(join(folder, "answers", verb), `${code}\n${typeof text === "string" ? text : JSON.stringify(text)}\n`);
}

const log = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");
const finding = {
  issue: "hugepages",
  cause: "100 of 128 hugepages",
  evidence: "nr_hugepages 100",
  mend: "sudo dpdk-node-agent apply hugepages",
  stage: "hugepages",
  safe: true,
};

test("facts of a server without an agent: it is sent, run as it is, and nothing of it stays", {
  skip: notRoot(),
}, async () => {
  writeFileSync(join(folder, "behaviour"), `TMPDIR=${temporary} exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`);
  const done = await cli("facts", "validator", "--json");
  assert.equal(done.code, 0, done.err);
  const told = JSON.parse(done.out) as { bootId: string; kernel: { release: string } };
  assert.equal(told.bootId, readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  assert.equal(told.kernel.release, readFileSync("/proc/sys/kernel/osrelease", "utf8").trim());
  assert.deepEqual(readdirSync(temporary), []);
});

test("an agent that arrives in part is not run", async () => {
  writeFileSync(join(folder, "behaviour"), 'head -c 9000 | TMPDIR=/nowhere /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n');
  const done = await cli("facts", "validator");
  assert.equal(done.code, 1);
  assert.match(done.err, /validator: the agent did not arrive whole; try again/);
});

test("propose asks for the facts and writes a fleet file that is entered the same way", async () => {
  answer("facts", 0, facts());
  const done = await cli("propose", "validator");
  assert.equal(done.code, 0, done.err);
  const proposed = load(done.out) as { site: string; nodes: { validator: { ssh: { port: number } } } };
  assert.deepEqual([proposed.site, proposed.nodes.validator.ssh.port], ["test", sshd.port]);
});

test("explain sends the node's plan behind the agent, and its lines are the answer", async () => {
  answer("explain --kept-image", 0, "modules: load the module vfio-pci");
  const done = await cli("explain", "validator");
  assert.equal(done.out, "modules: load the module vfio-pci\n", done.err);
  assert.match(log()[0] ?? "", /^explain --kept-image < \{"cpus":\{"housekeeping":/);
  answer("explain --kept-image", 1, "dpdk-node-agent: the node contradicts its plan, at validator; correct it");
  const refused = await cli("explain", "validator");
  assert.equal(refused.code, 1);
  assert.equal(
    refused.err,
    "dpdk-fleet: validator: the node contradicts its plan, at validator; correct it; nothing was changed\n",
  );
});

test("doctor says what it found with exit code 1, and nothing with 0", async () => {
  answer("doctor --json", 1, [finding]);
  const found = await cli("doctor");
  assert.equal(found.code, 1, found.err);
  assert.match(found.out, /^validator {2}2 hugepages {2}100 of 128 hugepages\n/);
  answer("doctor --json", 0, []);
  const nothing = await cli("doctor", "validator", "--json");
  assert.equal(nothing.code, 0, nothing.err);
  assert.deepEqual(JSON.parse(nothing.out), { nodes: [{ node: "validator", findings: [], fixed: [] }] });
});

test("doctor --fix lets the installed agent apply what is safe, looks again, and says both", async () => {
  answer("doctor.1", 1, [finding, { ...finding, stage: "nic-binding", safe: false }]);
  answer("dpdk-node-agent.2", 0, "modules: fine");
  answer("doctor.3", 0, []);
  const done = await cli("doctor", "--fix", "--json");
  assert.equal(done.code, 0, done.err);
  const [node] = (JSON.parse(done.out) as { nodes: { fixed: object[] }[] }).nodes;
  assert.deepEqual(node?.fixed, [{ stage: "hugepages", done: true, said: "modules: fine" }]);
  assert.deepEqual(
    log().map((line) => line.split(" <")[0]),
    ["doctor --json", "/usr/local/sbin/dpdk-node-agent apply hugepages", "doctor --json"],
  );
});

test("checklist has ten rows, those that the node answered with its evidence", async () => {
  answer("facts", 0, facts());
  answer("status", 1, "dpdk-node-agent: no plan has been asked for on this node yet; run it");
  answer("doctor --json", 0, []);
  answer("explain --kept-image", 0, "modules: load the module vfio-pci");
  const done = await cli("checklist", "--json");
  assert.equal(done.code, 1, done.err);
  const [node] = (JSON.parse(done.out) as { nodes: { rows: { state: string; evidence: string }[] }[] }).nodes;
  assert.equal(node?.rows.length, 10);
  assert.match(node?.rows[2]?.evidence ?? "", /no plan has been asked for/);
});

test("a node that cannot be entered is one line with what to do", async () => {
  const right = readFileSync(fleetFile, "utf8");
  writeFileSync(fleetFile, right.replace(sshd.hostKey, readFileSync(`${sshd.keyFile}.pub`, "utf8").trim()));
  const done = await cli("facts", "validator");
  writeFileSync(fleetFile, right);
  assert.equal(done.code, 1);
  assert.match(done.err, /^dpdk-fleet: validator: .*the node's host key is not the pinned one; compare it/m);
  assert.equal(done.err.trim().split("\n").length, 1, done.err);
});

test("a node that is not there and a wrong flag are wrong usage", async () => {
  const unknown = await cli("doctor", "validatr");
  assert.deepEqual([unknown.code, /has no node validatr; did you mean validator\?/.test(unknown.err)], [2, true]);
  assert.equal((await cli("facts")).code, 2);
  assert.equal((await cli("checklist", "--fix")).code, 2);
});

function notRoot(): string | false {
  return process.getuid?.() === 0 ? false : "half of the facts are root's";
}
