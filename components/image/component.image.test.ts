import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { type CommandResult, run } from "../../infra/cli/command";
import { ensureEngine } from "../../tools/engine/engine";
import { poll } from "../lab/poll";
import { runningRecord, startTimeOf } from "../lab/state";
import { startTrial, type Trial } from "./trial.fixture";
import { MANIFEST } from "./unpacked.fixture";

// The components on the real engine, with the real image and real registries. The stacks are programs of this test's own.
const project = resolve(__dirname, "../..");
let trial: Trial;
/** An image in the trial's registry. */
let stack: Stack;
/** An image in a registry of its own, as the lab has it. */
let lab: Stack;
let first: string;

interface Stack {
  folder: string;
  pulumi(...args: string[]): Promise<CommandResult>;
  /** Runs `pulumi`, expects success, answers all that it printed. */
  succeeds(...args: string[]): Promise<string>;
  up(...args: string[]): Promise<string>;
  output(name: string): Promise<string>;
}

before(async () => {
  trial = await startTrial();
  const { repository } = trial;
  const pullFrom = repository.replace("127.0.0.1", "10.0.2.2");
  stack = await makeStack("stack", imageOf(`repository: "${repository}", pullFrom: "${pullFrom}"`));
  lab = await makeStack("lab", labProgram());
});
after(async () => {
  for (const one of [stack, lab]) await one.pulumi("destroy", "--yes", "--skip-preview");
  await trial.remove();
});

test("up builds and pushes the image, and the next one has nothing to do", async () => {
  assert.match(await stack.up(), /image: compiling with the drivers net_e1000/);
  first = await stack.output("reference");
  assert.match(first, /^10\.0\.2\.2:\d+\/pantheon-node@sha256:[0-9a-f]{64}$/);
  await stack.up("--expect-no-changes");
});

test("a changed source file is built by the next up, which gives another digest", async () => {
  const file = join(trial.source, "meson.build");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}# another revision\n`);
  await stack.up();
  assert.notEqual(await stack.output("reference"), first);
  writeFileSync(file, text);
  await stack.up();
  assert.equal(await stack.output("reference"), first);
});

test("a registry that has lost the image gets it again, with the same digest, and then there is nothing to do", async () => {
  assert.equal(await manifest("DELETE"), 202);
  assert.match(await stack.succeeds("preview"), /image-build\s+update/);
  await stack.up();
  assert.equal(await stack.output("reference"), first);
  assert.equal(await manifest("GET"), 200);
  await stack.up("--expect-no-changes");
});

test("while the registry is gone nothing changes, a preview says so in one line, and the reference stays", async () => {
  await trial.registryGone();
  const told = await stack.succeeds("preview", "--expect-no-changes");
  assert.match(
    told,
    /registry 127\.0\.0\.1:\d+ does not say whether it has .*: ECONNREFUSED; nothing is changed by that/,
  );
  await stack.up("--expect-no-changes");
  assert.equal(await stack.output("reference"), first);
  await trial.registryBack();
  assert.doesNotMatch(await stack.up("--expect-no-changes"), /does not say/);
});

test("destroy leaves the image in the registry", async () => {
  await stack.succeeds("destroy", "--yes", "--skip-preview");
  assert.equal(await manifest("GET"), 200);
});

test("the lab's registry and its image come up together, and the image has the digest that every registry gives it", async () => {
  await lab.up();
  assert.equal((await lab.output("reference")).split("@")[1], first.split("@")[1]);
  await lab.up("--expect-no-changes");
});

test("a lab's registry that is gone is started again by up with what it held, and nothing is built", async () => {
  const folder = join(lab.folder, "registry");
  process.kill(runningRecord(folder)?.pid as number, "SIGKILL");
  assert.ok(await poll({ limit: 10, every: 0.1 }, () => runningRecord(folder) === null));
  const told = await lab.up();
  assert.match(told, /registry-power\s+updated/);
  assert.doesNotMatch(told, /compiling/);
  assert.doesNotMatch(await lab.up("--expect-no-changes"), /does not say/);
});

test("destroy takes the lab's registry away, with what it held and the ports that the lab remembered", async () => {
  const pid = runningRecord(join(lab.folder, "registry"))?.pid as number;
  await lab.succeeds("destroy", "--yes", "--skip-preview");
  assert.equal(startTimeOf(pid), null);
  for (const name of ["registry", "guests"]) assert.ok(!existsSync(join(lab.folder, name)), name);
});

async function manifest(method: "GET" | "DELETE"): Promise<number> {
  const url = `${trial.url}/manifests/${first.split("@")[1]}`;
  return (await fetch(url, { method, headers: { accept: MANIFEST } })).status;
}

/** A program with the image; `more` are further arguments, as its text. */
function imageOf(more: string, options = "{}"): string {
  const { source, recipe, cacheFolder } = trial;
  const common = JSON.stringify({ source, recipe, cacheFolder, plainHttp: true, pmds: ["net_e1000"] });
  return `import { DataPlaneImage } from ${JSON.stringify(join(__dirname, "image"))};
const image = new DataPlaneImage("image", { ...${common}, ${more} }, ${options});
export const reference = image.reference;
`;
}

function labProgram(): string {
  const more =
    'repository: registry.address + "/pantheon-node", pullFrom: registry.addressForGuests + "/pantheon-node"';
  return `import { LabRegistry } from ${JSON.stringify(join(project, "components", "lab", "registry"))};
import { join } from "node:path";
const registry = new LabRegistry("registry", { lab: join(__dirname, "guests") });
${imageOf(more, "{ dependsOn: [registry] }")}`;
}

async function makeStack(name: string, program: string): Promise<Stack> {
  const folder = join(trial.folder, name);
  mkdirSync(join(folder, "state"), { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: image-trial\nruntime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{ "main": "index.ts" }');
  writeFileSync(join(folder, "tsconfig.json"), readFileSync(join(project, "infra", "tsconfig.json")));
  writeFileSync(join(folder, "index.ts"), program);
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  const engine = await ensureEngine({ cacheFolder: trial.cacheFolder, log: () => undefined });
  const environment = {
    ...engine.environment,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const pulumi = (...args: string[]) =>
    run(engine.pulumi, [...args, "--non-interactive", "--color", "never"], { environment, folder, seconds: 300 });
  const succeeds = async (...args: string[]) => {
    const done = await pulumi(...args, "--stack", "test");
    assert.equal(done.code, 0, done.out + done.err);
    return done.out + done.err;
  };
  assert.equal((await pulumi("stack", "init", "test")).code, 0);
  return {
    folder,
    pulumi,
    succeeds,
    up: (...args) => succeeds("up", "--yes", "--skip-preview", ...args),
    output: async (one) => (await pulumi("stack", "output", one, "--stack", "test")).out.trim(),
  };
}
