import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { EnaFleet } from "../../components/aws/ena-fleet";
import { mainnet, oneVirtual, virtual } from "../../components/aws/fleet.fixture";
import type { EnaFleetArgs, EnaImage, EnaInstance } from "../../components/aws/fleet-args";
import { madeBy } from "../../components/aws/made.fixture";
import { makeStack, type TestStack } from "../engine/stack";

// The real engine with the policy pack, on the echo of AWS: what the engine makes of EnaFleet, step by step. Of AWS it shows nothing.
const program = join(__dirname, "program");
const KEY_OF_A_SERVER = "-----BEGIN OPENSSH PRIVATE KEY-----";
const TAIL = 4000; // characters of what the engine has printed, which may be thousands of lines
let stack: TestStack;

/** Tests that are a story of one stack. */
function story(name: string, tests: () => void): void {
  describe(name, () => {
    before(async () => {
      stack = await makeStack(program);
    });
    after(() => stack.remove());
    tests();
  });
}

interface Listed {
  readonly type: string;
  readonly props: object;
}

const settle = (fleet?: EnaFleetArgs, beside: Record<string, Listed> = {}) =>
  stack.configure({ ...(fleet === undefined ? {} : { fleet }), beside });

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await stack.pulumi(...args);
  assert.equal(code, 0, (out + err).slice(-TAIL));
  return out;
}

async function refused(...args: string[]): Promise<string> {
  const { code, out, err } = await stack.pulumi(...args);
  assert.notEqual(code, 0, out.slice(-TAIL));
  return out + err;
}

const up = (...more: string[]) => done("up", "--yes", "--skip-preview", ...more);

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** What a preview says that it would do: `OPERATION KIND NAME`, the fleet's own name left out. */
async function steps(...more: string[]): Promise<string[]> {
  const { steps } = JSON.parse(await done("preview", "--json", ...more)) as { steps: Step[] };
  return steps
    .filter(({ op, urn }) => op !== "same" && /aws:\w+\//.test(urn))
    .map(({ op, urn }) => `${op} ${title(urn)}`);
}

/** `KIND NAME` of `urn:pulumi:stack::project::parent$aws:ec2/vpc:Vpc::name` */
function title(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.split(":").at(-1)} ${name.replace("validators-", "")}`;
}

interface Saved {
  readonly urn: string;
  readonly id?: string;
  readonly outputs?: { readonly macAddress?: string };
}

/** Resources of AWS that the engine's state has, by their titles. */
async function saved(): Promise<Map<string, Saved>> {
  const { deployment } = JSON.parse(await done("stack", "export")) as { deployment: { resources?: Saved[] } };
  const own = (deployment.resources ?? []).filter(({ urn }) => /aws:\w+\//.test(urn));
  return new Map(own.map((one) => [title(one.urn), one]));
}

async function destroyed(): Promise<void> {
  await done("destroy", "--yes", "--skip-preview");
  assert.deepEqual([...(await saved()).keys()], []);
}

story("validators of mainnet", () => {
  const zones = { "eu-central-1a": {} };
  const { instances } = mainnet();
  const args = (changes: Partial<EnaFleetArgs> = {}) =>
    mainnet({
      network: { kind: "new", cidr: "10.64.0.0/16", zones },
      instances: [0, 1].map((index) => ({ ...(instances[index] as EnaInstance), zone: "eu-central-1a" })),
      ...changes,
    });
  const allowed = () => {
    const file = join(stack.folder, "policies.json");
    const exceptions = [{ resource: "validators-validator-*", reason: "peers find them there", until: "2099-12-31" }];
    writeFileSync(file, JSON.stringify({ "dpdk-no-public-ip-from-elsewhere": { exceptions } }));
    return ["--policy-pack-config", file];
  };

  test("a preview of a new fleet names every resource, and the policies of mainnet let it pass", async () => {
    settle(args());
    const { made } = await madeBy(() => new EnaFleet("validators", args()));
    const own = made.filter(({ type }) => type.startsWith("aws:"));
    assert.deepEqual(
      (await steps(...allowed())).sort(),
      own.map(({ type, name }) => `create ${type.split(":").at(-1)} ${name.replace("validators-", "")}`).sort(),
    );
    assert.equal((await saved()).size, 0);
  });

  test("up makes it, and a second up changes nothing", async () => {
    const out = await up(...allowed());
    assert.match(out, /dpdk-fleet@v0\.1\.0/);
    assert.doesNotMatch(out, /\[mandatory\]/);
    await up(...allowed(), "--expect-no-changes");
  });

  test("neither the engine nor AWS lets a protected instance go, not by destroy and not by a new generation", async () => {
    const before = (await saved()).get("Instance validator-00")?.id;
    assert.match(
      await refused("destroy", "--yes", "--skip-preview"),
      /validators-validator-00" cannot be deleted\s+because it is protected/,
    );
    settle(args({ generation: 2 }));
    assert.match(await refused("preview"), /Instance[^\n]*validators-validator-00[\s\S]*protect/);
    await done("state", "unprotect", "--all", "--yes");
    assert.match(await refused("destroy", "--yes", "--skip-preview"), /OperationNotPermitted: .*disableApiTermination/);
    assert.equal((await saved()).get("Instance validator-00")?.id, before);
  });

  test("an instance whose protection an update has lifted can go by the next one", async () => {
    settle(args({ unprotected: ["validator-00"] }));
    await up(...allowed());
    settle(args({ unprotected: ["validator-01"], instances: args().instances.slice(1) }));
    await up(...allowed());
    assert.deepEqual(
      [...(await saved()).keys()].filter((one) => one.startsWith("Instance ")),
      ["Instance validator-01"],
    );
  });

  test("destroy leaves nothing", destroyed);
});

story("a fleet that changes", () => {
  const five = Array.from({ length: 5 }, (_, index) => virtual({ name: `node-${index}`, index }));
  const offerings = { "eu-central-1a": ["c6in.8xlarge", "c6in.16xlarge"] };
  const args = (changes: Partial<EnaFleetArgs> = {}) => oneVirtual({ instances: five, offerings, ...changes });
  const image = { ...(oneVirtual().images.x86_64 as EnaImage), ami: "ami-0aaaaaaaaaaaaaaaa" };
  const changed = (changes: Partial<EnaFleetArgs> = {}) => {
    const instances = five.map((one) => ({ ...one, type: "c6in.16xlarge" }));
    return args({ images: { x86_64: image }, instances, ...changes });
  };
  const rolling = (batches: number) => changed({ rollout: { to: 2, size: 2, batches } });
  const macs = async () =>
    [...(await saved())]
      .flatMap(([one, { outputs }]) => (outputs?.macAddress ? `${one} ${outputs.macAddress}` : []))
      .sort();
  const ids = async () => {
    const all = await saved();
    return five.map(({ name }) => all.get(`Instance ${name}`)?.id);
  };

  test("another image and another type change templates, and nothing that runs", async () => {
    settle(args());
    await up();
    const before = await ids();
    settle(changed());
    const planned = (await steps()).map((one) => one.replace(/-[0-9a-f]{6}-1\.1$/, ""));
    assert.deepEqual(
      planned.sort(),
      five.map(({ name }) => `update LaunchTemplate ${name}`),
    );
    await up();
    assert.deepEqual(await ids(), before);
  });

  test("a batch replaces its instances, and keeps interfaces and MACs", async () => {
    const [before, own] = [await ids(), await macs()];
    settle(rolling(1));
    const replaced = (await steps()).filter((one) => one.startsWith("replace "));
    assert.deepEqual(replaced.sort(), ["replace Instance node-0", "replace Instance node-1"]);
    await up();
    const now = await ids();
    assert.deepEqual(
      now.map((id, at) => id !== before[at]),
      [true, true, false, false, false],
    );
    assert.equal(own.length, 10);
    assert.deepEqual(await macs(), own);
  });

  test("batches that are asked for at once come one after the other, each old instance before its new one", async () => {
    settle(rolling(3));
    const lines = (await up()).split("\n");
    const at = (name: string, what: string) => {
      const found = lines.findIndex((line) => line.includes(`aws:ec2:Instance validators-${name} ${what}`));
      assert.ok(found >= 0, `${name} ${what}: ${lines.join("\n").slice(-TAIL)}`);
      return found;
    };
    for (const name of ["node-2", "node-3"]) {
      assert.ok(at(name, "deleted original") < at(name, "creating replacement"), name);
      assert.ok(at(name, "created replacement") < at("node-4", "deleting original"), name);
    }
  });

  test("the generation that takes the rollout's place changes nothing", async () => {
    settle(changed({ generation: 2 }));
    await up("--expect-no-changes");
  });

  test("destroy leaves nothing", destroyed);
});

story("an up that was cut off", () => {
  const args = oneVirtual({ instances: [0, 1].map((index) => virtual({ name: `node-${index}`, index })) });

  test("can be run again: what was made is kept, and the state names what may have been", async () => {
    settle(args);
    const env = { ...process.env, ...stack.engine.environment, ECHO_OF_AWS_CUTS: "validators-node-1" };
    const cut = ["up", "--yes", "--skip-preview", "--stack", "test", "--non-interactive"];
    // Its language host outlives it by minutes, and would hold a pipe open.
    const [, signal] = await once(spawn(stack.engine.program, cut, { env, cwd: program, stdio: "ignore" }), "exit");
    assert.equal(signal, "SIGKILL");
    assert.match(await refused("up", "--yes", "--skip-preview"), /currently locked by 1 lock/);
    await done("cancel", "--yes");
    const before = await saved();
    assert.ok(before.has("NetworkInterface node-1-dpdk0") && !before.has("Instance node-1"));
    assert.match(await up(), /::validators-node-1, interrupted while creating/);
    const now = await saved();
    assert.ok(now.has("Instance node-1"));
    for (const [one, { id }] of before) assert.equal(now.get(one)?.id, id, one);
  });

  test("destroy leaves nothing", destroyed);
});

story("what is refused at preview", () => {
  afterEach(async () => assert.equal((await saved()).size, 0));

  const fleets: readonly (readonly [what: string, args: Partial<EnaFleetArgs>, says: RegExp])[] = [
    [
      "no IOMMU without opt-in",
      { instances: [{ name: "solo", index: 0, type: "c6in.8xlarge", zone: "eu-central-1a" }] },
      /validators: instances\[0\] \(solo\): c6in\.8xlarge has no IOMMU: .*; take a size that is metal .*, or write noIommu: accepted/,
    ],
    [
      "a type that cannot hold the interfaces",
      { instances: [virtual({ type: "c6in.large", dpdkInterfaces: 3 })] },
      /validators: instances\[0\] \(solo\): c6in\.large takes 3 interfaces, .* are 4; take c6in\.xlarge, or write 2 at most/,
    ],
    [
      "a private key in user data",
      { access: { sessionManager: true, sshKeys: [KEY_OF_A_SERVER] } },
      /validators: access\.sshKeys\[0\] is a private key, .*; write the \.pub/,
    ],
  ];
  for (const [what, changes, says] of fleets)
    test(`by the component: ${what}`, async () => {
      settle(oneVirtual(changes));
      assert.match(await refused("preview"), says);
    });

  test("by the component once AWS has answered: a zone without the type", async () => {
    const zones = { "eu-central-1d": {} };
    const { offerings: _, ...asked } = oneVirtual({
      network: { kind: "new", cidr: "10.80.0.0/16", zones },
      instances: [virtual({ zone: "eu-central-1d" })],
    });
    settle(asked);
    const says =
      /validators: instances\[0\] \(solo\): eu-central-1d does not offer c6in\.8xlarge; write zone eu-central-1a or/;
    assert.match(await refused("preview"), says);
  });

  test("by the policies, beside a good fleet: SSH open to the world, IMDSv1, a secret in user data", async () => {
    const open = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] };
    const userData = `#cloud-config\nwrite_files:\n- path: /etc/ssh/key\n  content: |\n    ${KEY_OF_A_SERVER}`;
    settle(oneVirtual(), {
      open: { type: "aws:ec2/securityGroup:SecurityGroup", props: { vpcId: "vpc-0a1b2c3d", ingress: [open] } },
      old: { type: "aws:ec2/instance:Instance", props: { metadataOptions: { httpTokens: "optional" } } },
      told: { type: "aws:ec2/instance:Instance", props: { userData } },
    });
    const out = await refused("up", "--yes"); // which previews first
    assert.match(
      out,
      /\[mandatory\].*dpdk-no-world-open-ssh .*open\)[\s\S]*ingress\[0\].*0\.0\.0\.0\/0 reaches port 22/,
    );
    assert.match(out, /\[mandatory\].*dpdk-imdsv2-required .*old\)[\s\S]*metadataOptions\.httpTokens is optional/);
    assert.match(out, /\[mandatory\].*dpdk-no-secret-in-user-data .*told\)[\s\S]*userData/);
    assert.doesNotMatch(out, /\[mandatory\].*validators/);
  });
});
