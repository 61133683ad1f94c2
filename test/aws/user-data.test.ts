import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { mainnet, oneVirtual, virtual } from "../../components/aws/fleet.fixture";
import { fleetPlan } from "../../components/aws/fleet-plan";
import { motoPython } from "../../tools/aws/instance-families";

// User data against the schema of Debian's cloud-init, which the instance's own would hold it against.

const tools = join(__dirname, "../../tools/aws");
let python: string;
let schema: string;
before(async () => {
  python = await motoPython();
  schema = (await promisify(execFile)("bash", [join(tools, "cloud-init-schema.sh")])).stdout.trim();
});

async function complaints(userData: string): Promise<string[]> {
  const child = spawn(python, [join(tools, "check_user_data.py"), schema], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(userData);
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(errors, "");
  return out.split("\n").filter((line) => line !== "");
}

const first = (userData: readonly { readonly userData: string }[]) => userData[0]?.userData ?? assert.fail();
const full = first(
  fleetPlan("fleet", oneVirtual({ instances: [virtual({ hugepages: { size: "2M", pages: [512, 512] } })] })).instances,
);

test("cloud-init's schema takes user data, with hugepages and without", async () => {
  assert.deepEqual(await complaints(full), []);
  assert.deepEqual(await complaints(first(fleetPlan("fleet", mainnet()).instances)), []);
});

test("it is a schema that refuses: a key of another name, a value of another type, another first line", async () => {
  assert.match((await complaints(full.replace("ssh_deletekeys", "ssh_deletekey"))).join(), /ssh_deletekey is no key/);
  assert.match((await complaints(full.replace("[ed25519]", "[ed448]"))).join(), /'ed448' is not one of/);
  assert.match((await complaints(full.replace("#cloud-config", "# cloud-config"))).join(), /first line/);
});
