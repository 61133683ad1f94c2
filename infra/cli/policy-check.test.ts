import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, test } from "node:test";
import { command, exported, secret } from "../../policies/check/state.fixture";
import { rules } from "../../policies/rules";
import { run } from "./command";
import { readPackConfig } from "./policy-config";
import { readJudgeable } from "./policy-input";

const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-policy-"));
const project = resolve(__dirname, "../..");

after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const pod = (name: string, image = "busybox") =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name} }, spec: { containers: [{ name: c, image: "${image}" }] } }\n`;
const good = `registry.example.com/node@sha256:${"0".repeat(64)}`;
const check = (...args: string[]) =>
  run("node", [join(project, "infra/cli/dpdk-fleet.cjs"), "policy", "check", ...args], { folder, seconds: 60 });
const namesOf = (path: string) => readJudgeable(path).resources.map(({ name }) => name);

test("a violation in a folder of manifests is told with file and document, and the exit code is 1", async () => {
  file("bad/a.yaml", `${pod("a", good)}---\n${pod("b")}`);
  const done = await check("bad");
  assert.deepEqual([done.code, done.err], [1, ""]);
  const [block = ""] = done.out.split("\n\n").filter((text) => text.startsWith("bad/a.yaml, document 2: "));
  const [heading, ...lines] = block.split("\n");
  assert.equal(heading, "bad/a.yaml, document 2: kubernetes:core/v1:Pod b");
  const byDigest = lines.filter((line) => line.includes("dpdk-image-by-digest"));
  assert.equal(byDigest.length, 1);
  assert.match(
    byDigest[0] ?? "",
    /^ {2}\[mandatory\] dpdk-image-by-digest: image of containers\[0\] \(c\) is busybox, which/,
  );
  assert.equal(done.out.split("dpdk-image-by-digest").length, 2);
  assert.match(
    done.out,
    /\n\n2 resources, \d+ rules, profile mainnet: [1-9]\d* mandatory, \d+ advisory, 0 not judged\n$/,
  );
});

test("advice only is exit code 0, and --json has the findings of a state as data", async () => {
  const state = file(
    "state.json",
    exported(command("a", { create: "dpdk-node-agent converge --image node:1" }), command("b", { create: secret() })),
  );
  const config = file("advice.json", { all: "advisory" });
  const done = await check(state, "--profile", "staging", "--config", config, "--json");
  assert.deepEqual([done.code, done.err], [0, ""]);
  const { profile, counts, findings } = JSON.parse(done.out);
  assert.deepEqual([profile, counts.mandatory], ["staging", 0]);
  const found = findings.find(({ rule }: { rule: string }) => rule === "dpdk-image-by-digest");
  assert.deepEqual([found.level, found.name, found.document], ["advisory", "a", null]);
  assert.ok(counts.unjudged > 0 && !done.out.includes("AAABAKm3x2Z"));
});

test("nothing to judge, another profile and another verb are one line each", async () => {
  const none = await check();
  assert.deepEqual(
    [none.code, none.err],
    [2, "dpdk-fleet: policy check needs something to judge; name a saved state, a manifest or a folder\n"],
  );
  const profile = await check("bad", "--profile", "prod");
  assert.deepEqual(
    [profile.code, profile.err],
    [2, 'dpdk-fleet: there is no profile "prod"; there is lab, staging, mainnet\n'],
  );
  const gone = await check("gone.yaml");
  assert.deepEqual(
    [gone.code, gone.err],
    [1, "dpdk-fleet: gone.yaml cannot be read (ENOENT); name a saved state, a manifest or a folder\n"],
  );
});

test("a folder is read with what is below it, in the order of its names, without what is hidden or no manifest", () => {
  file("tree/b.yml", pod("b"));
  file("tree/a/c.yaml", pod("c"));
  file("tree/d.json", { apiVersion: "v1", kind: "Pod", metadata: { name: "d" } });
  file("tree/.hidden/e.yaml", pod("e"));
  file("tree/node_modules/f.yaml", pod("f"));
  file("tree/notes.md", "no: manifest");
  assert.deepEqual(namesOf(join(folder, "tree")), ["c", "b", "d"]);
});

test("a document that is no object of a cluster is named, an empty one is nothing", () => {
  const path = file("mixed.yaml", `---\n---\nreplicas: 2\n---\n${pod("a")}`);
  assert.deepEqual(readJudgeable(path).skipped, [`${path}, document 2`]);
});

test("a manifest is read as Kubernetes reads it: dates are texts, and a merged mapping is one", () => {
  const path = file("merge.yaml", "apiVersion: v1\nkind: Pod\nbase: &b { day: 2027-01-31 }\nspec: { <<: *b, at: 1 }\n");
  assert.deepEqual(readJudgeable(path).resources[0]?.inputs?.spec, { day: "2027-01-31", at: 1 });
});

test("a state is told from a manifest by what it holds, and an empty one is nothing wrong", () => {
  assert.deepEqual(namesOf(file("a-state", exported(command("a", {})))), ["a"]);
  assert.deepEqual(namesOf(file("empty-state", { version: 3, deployment: {} })), []);
});

test("what cannot be read is one line with the place and what to do", () => {
  const refused: [string, RegExp][] = [
    [
      file("chart.yaml", "a: 1\nkind: {{ .Values.kind }}\n"),
      /chart\.yaml, document 1 is a template: .* `helm template`/,
    ],
    [
      file("values.yaml", "replicas: 2\n"),
      /values\.yaml has nothing to judge; name a state from `pulumi stack export`/,
    ],
    [
      file("half.json", { deployment: { resources: [{ urn: 1 }] } }),
      /half\.json is no whole state: a resource has no urn/,
    ],
    [
      file("shown.json", exported(command("a", { x: { ...secret("a"), plaintext: "{" } }))),
      /shown\.json is no whole state/,
    ],
  ];
  for (const [path, line] of refused) assert.throws(() => readJudgeable(path), line);
});

test("a file of settings is held against what the rules take", () => {
  const config = (value: unknown) => readPackConfig(file("config.json", value as object), rules);
  const fine = { all: "advisory", "dpdk-host-key-pinned": { enforcementLevel: "mandatory", labStacks: ["a"] } };
  assert.deepEqual(config(fine), fine);
  const refused: [unknown, RegExp][] = [
    [[], /config\.json: is no object; see policies\/README\.md/],
    ["{", /config\.json: is no JSON/],
    [
      { "dpdk-host-key-pined": "advisory" },
      /there is no rule dpdk-host-key-pined; did you mean dpdk-host-key-pinned\?/,
    ],
    [{ all: "strict" }, /: all: is neither a level \(disabled, advisory, mandatory, remediate\) nor settings/],
    [{ "dpdk-host-key-pinned": { labStacks: "a" } }, /dpdk-host-key-pinned: labStacks: .*expected array/],
    [{ "dpdk-host-key-pinned": { labStack: ["a"] } }, /dpdk-host-key-pinned: .*"labStack"/],
    [{ "dpdk-host-key-pinned": { exceptions: [{ resource: "a" }] } }, /exceptions\.0\.reason: /],
    [{ "dpdk-host-key-pinned": { enforcementLevel: "strict" } }, /dpdk-host-key-pinned: enforcementLevel: /],
  ];
  for (const [value, line] of refused) assert.throws(() => config(value), line, JSON.stringify(value));
  assert.throws(() => readPackConfig(join(folder, "gone.json"), rules), /gone\.json: cannot be read \(ENOENT\)/);
});
