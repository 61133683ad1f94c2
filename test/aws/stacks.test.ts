import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { dump, load } from "js-yaml";
import { type Sshd, startSshd } from "../engine/sshd";
import { makeStack, settingsOf, type TestStack } from "../engine/stack";

// The examples of AWS as their stacks have them, by the project's own program, on the real engine with the policy pack; in place of AWS its
// echo and of its command line a program that shows a console; behind a real sshd a scripted agent in place of a node.
const project = resolve(__dirname, "../..");
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-aws-"));
  const plan = load(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  const echo = { name: "aws", version: "7.48.0", path: join(__dirname, "echo") };
  const own = { ...plan, main: relative(folder, join(project, "infra")), plugins: { providers: [echo] } };
  writeFileSync(join(folder, "Pulumi.yaml"), dump(own));
  mkdirSync(join(folder, "bin"));
  const asked = `echo "$*" >>${join(folder, "asked")}`;
  const block = `printf -- '-----BEGIN SSH HOST KEY KEYS-----\\n%s root@x\\n-----END SSH HOST KEY KEYS-----\\n' "$(cat ${join(folder, "key")})"`;
  writeFileSync(join(folder, "bin", "aws"), `#!/bin/sh\n${asked}\n${block}\n`);
  chmodSync(join(folder, "bin", "aws"), 0o755);
  process.env.PATH = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function stackOf(name: string): Promise<TestStack> {
  const stack = await makeStack(folder);
  stack.configure({ ...settingsOf(name), cacheFolder: stack.folder });
  return stack;
}

async function done(stack: TestStack, ...args: string[]): Promise<string> {
  const { code, out, err } = await stack.pulumi(...args);
  assert.equal(code, 0, out + err);
  return out;
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs?: { readonly create?: string; readonly stdin?: string } };
}

interface Saved {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: { readonly create?: string };
}

/** What the stack has, by its names. */
async function saved(stack: TestStack): Promise<Map<string, Saved>> {
  const { deployment } = JSON.parse(await done(stack, "stack", "export")) as { deployment: { resources?: Saved[] } };
  return new Map((deployment.resources ?? []).map((one) => [one.urn.split("::").at(-1) as string, one]));
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

async function preview(stack: TestStack, ...more: string[]): Promise<Map<string, Step>> {
  const { steps } = JSON.parse(await done(stack, "preview", "--json", ...more)) as { steps: Step[] };
  return new Map(steps.map((step) => [step.urn.split("::").at(-1) as string, step]));
}

describe("aws-production", () => {
  const policies = ["--policy-pack-config", join(project, "stacks/aws-production.policies.json")];
  let stack: TestStack;
  before(async () => {
    stack = await stackOf("aws-production");
  });
  after(() => stack.remove());

  test("a preview shows every instance and every node's whole plan before there is one", async () => {
    const steps = await preview(stack, ...policies);
    for (const n of ["00", "01", "02", "03"]) {
      assert.equal(steps.get(`validators-validator-${n}`)?.op, "create");
      const { create, stdin = "" } = steps.get(`validator-${n}-converge`)?.newState?.inputs ?? {};
      assert.equal(create, UNKNOWN, "the MACs are AWS's");
      const plan = JSON.parse(stdin) as { nics: { pci: string }[]; kernel: { arguments: string[] } };
      assert.deepEqual([plan.nics[0]?.pci, plan.kernel.arguments.at(-1)], ["{pci:dpdk0}", "nosmt"]);
    }
  });

  test("without the declared exception the policies of mainnet refuse its public addresses", async () => {
    const { code, out, err } = await stack.pulumi("preview", "--policy-pack-config", await mainnetAlone());
    assert.notEqual(code, 0);
    assert.match(out + err, /dpdk-no-public-ip-from-elsewhere[\s\S]*an Elastic IP puts on the internet/);
  });

  async function mainnetAlone(): Promise<string> {
    const file = join(stack.folder, "none.json");
    writeFileSync(file, "{}");
    return file;
  }
});

describe("aws-dev", () => {
  let stack: TestStack;
  let sshd: Sshd;
  let home: string;

  before(async () => {
    stack = await stackOf("aws-dev");
    home = join(stack.folder, "home");
    mkdirSync(home);
    sshd = await startSshd(join(stack.folder, "sshd"), `${join(project, "test/engine/scripted-agent.py")} ${home}`);
    writeFileSync(join(folder, "key"), sshd.hostKey);
  });
  after(async () => {
    await sshd.stop();
    stack.remove();
  });

  const asked = () => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  const log = () => readFileSync(join(home, "log"), "utf8").trim().split("\n");

  /** The example with one node, which is entered here, by whatever host key the instance shows. */
  function onThisMachine(change: (fleet: Example) => void = () => undefined): void {
    const fleet = load(readFileSync(join(project, "stacks/aws-dev.fleet.yaml"), "utf8")) as Example;
    const ssh = { host: sshd.address, port: sshd.port, user: sshd.user, identity: { file: sshd.keyFile } };
    fleet.nodes = { "dev-00": { ...fleet.nodes["dev-00"], ssh } };
    change(fleet);
    stack.setFleet(fleet);
    stack.configure({ fleetFile: join(stack.folder, "test.fleet.yaml"), cacheFolder: stack.folder });
  }

  test("it is previewed whole", async () => {
    const { stdin = "" } = (await preview(stack)).get("dev-01-converge")?.newState?.inputs ?? {};
    assert.match(stdin, /"vfioNoIommu":true/);
  });

  test("an instance comes up, shows its host key, and is made a node with the MACs of its interfaces", async () => {
    onThisMachine();
    await done(stack, "up", "--yes", "--skip-preview");
    assert.deepEqual(log(), ["upload", "install", "converge 0"]);
    assert.match(
      asked()[0] ?? "",
      /^ec2 get-console-output --latest --region eu-central-1 --instance-id i-[0-9a-f]{17} /,
    );
    assert.equal(readFileSync(join(stack.folder, "test", "host-keys", "dev-00.pub"), "utf8"), `${sshd.hostKey}\n`);
    const create = (await saved(stack)).get("dev-00-converge")?.inputs?.create ?? "";
    const nic = (name: string) => `--nic ${name}=02(:[0-9a-f]{2}){5}`;
    assert.match(create, new RegExp(`/dpdk-node-agent converge ${nic("management")} ${nic("dpdk0")} #`));
  });

  test("a second up asks nobody, a changed argument changes the node alone", async () => {
    const before = asked().length;
    await done(stack, "up", "--yes", "--skip-preview", "--expect-no-changes");
    onThisMachine(({ profiles }) => {
      profiles.dev.kernel.extraArguments = ["nosoftlockup"];
    });
    const changed = [...(await preview(stack)).values()].filter(({ op }) => op !== "same");
    assert.deepEqual(
      changed
        .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
        .filter((line) => !line.endsWith("dpdk-fleet-test")),
      ["update dev-00-converge"],
    );
    assert.equal(asked().length, before);
  });

  test("an instance of another generation is entered by its own host key, and prepared again", async () => {
    await sshd.stop();
    sshd = await startSshd(
      join(stack.folder, "sshd-2"),
      `${join(project, "test/engine/scripted-agent.py")} ${home}`,
      sshd,
    );
    writeFileSync(join(folder, "key"), sshd.hostKey);
    onThisMachine(({ nodes }) => {
      nodes["dev-00"] = { ...nodes["dev-00"], instance: { index: 0, generation: 2 } };
    });
    await done(stack, "up", "--yes", "--skip-preview");
    assert.deepEqual(log().slice(3), ["upload", "install", "converge 0"]);
    assert.equal(readFileSync(join(stack.folder, "test", "host-keys", "dev-00.pub"), "utf8"), `${sshd.hostKey}\n`);
  });

  test("destroy leaves nothing, the kept host key neither, and does not enter a node whose instance goes", async () => {
    await done(stack, "destroy", "--yes", "--skip-preview");
    assert.ok(!log().includes("uninstall"));
    assert.equal((await saved(stack)).size, 0);
    assert.equal(existsSync(join(stack.folder, "test", "host-keys", "dev-00.pub")), false);
  });

  test("what is refused is one line with place, value and remedy, and nothing is made", async () => {
    onThisMachine(({ aws }) => {
      aws.access.sshFrom = ["0.0.0.0/0"];
    });
    const { code, out, err } = await stack.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(out + err, /test\.fleet\.yaml: aws: access\.sshFrom\S* is 0\.0\.0\.0\/0.*; /);
    const left = [...(await saved(stack)).values()].filter(({ type }) => type !== "pulumi:pulumi:Stack");
    assert.deepEqual(left, []);
  });
});

interface Example {
  aws: { access: { sshFrom: string[] } };
  profiles: { dev: { kernel: { extraArguments?: string[] } } };
  nodes: Record<string, Record<string, unknown>>;
}
