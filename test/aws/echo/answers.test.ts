import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, difference, kept, made, previewed, UNKNOWN } from "./answers";

const urn = (type: string, name = "one") => `urn:pulumi:test::dpdk-fleet::dpdk-fleet:aws:EnaFleet$aws:${type}::${name}`;
const instance = urn("ec2/instance:Instance");
const nic = urn("ec2/networkInterface:NetworkInterface");
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "x" };

test("a resource is the same again, and another one by name or by what AWS replaces it for", () => {
  const inputs = { subnetId: "subnet-1", sourceDestCheck: true };
  assert.deepEqual(made(nic, inputs), made(nic, inputs));
  assert.equal(made(nic, inputs).id, made(nic, { ...inputs, sourceDestCheck: false }).id);
  assert.notEqual(made(nic, inputs).id, made(urn("ec2/networkInterface:NetworkInterface", "two"), inputs).id);
  const elsewhere = made(nic, { ...inputs, subnetId: "subnet-2" });
  assert.notEqual(made(nic, inputs).id, elsewhere.id);
  assert.notEqual(made(nic, inputs).outputs.macAddress, elsewhere.outputs.macAddress);
  assert.match(elsewhere.id, /^eni-[0-9a-f]{17}$/);
  assert.match(String(elsewhere.outputs.macAddress), /^02(:[0-9a-f]{2}){5}$/);
});

test("unknown values and secrets come back as they were, and a preview knows nothing that AWS makes up", () => {
  const inputs = { subnetId: UNKNOWN, description: SECRET };
  assert.deepEqual(previewed(nic, inputs), { ...inputs, arn: UNKNOWN, macAddress: UNKNOWN });
  assert.deepEqual(made(nic, inputs).outputs.description, SECRET);
});

test("a difference names what changed, and replaces for the inputs of the table alone", () => {
  const before = {
    launchTemplate: { id: "lt-1", version: "$Latest" },
    instanceType: "c6in.metal",
    tags: { a: "1", b: "2" },
  };
  const of = (changes: object) => difference(instance, before, { ...before, ...changes });
  assert.deepEqual(of({ tags: { b: "2", a: "1" } }), { changed: [], replaces: [] });
  assert.deepEqual(of({ instanceType: "c7gn.metal" }), { changed: ["instanceType"], replaces: [] });
  assert.deepEqual(of({ launchTemplate: { id: UNKNOWN, version: "$Latest" } }), {
    changed: ["launchTemplate"],
    replaces: ["launchTemplate"],
  });
  assert.deepEqual(of({ ami: "ami-1" }), { changed: ["ami"], replaces: ["ami"] });
  assert.deepEqual(of({ region: "eu-west-1" }).replaces, ["region"]);
  const { tags: _, ...without } = before;
  assert.deepEqual(difference(instance, before, without), { changed: ["tags"], replaces: [] });
});

test("an instance with termination protection is not deleted, unless that is forced; all else is", () => {
  assert.match(kept(instance, "i-1", { disableApiTermination: true }) ?? "", /OperationNotPermitted.*i-1/);
  assert.equal(kept(instance, "i-1", { disableApiTermination: true, forceDestroy: true }), null);
  assert.equal(kept(instance, "i-1", {}), null);
  assert.equal(kept(nic, "eni-1", { disableApiTermination: true }), null);
});

test("each of three zones offers every type that is asked for, and what is not known is an error", () => {
  const filters = [{ name: "instance-type", values: ["c6in.metal", "c7gn.metal"] }];
  const { locations, instanceTypes } = answer("aws:ec2/x:getInstanceTypeOfferings", { region: "eu-west-1", filters });
  assert.deepEqual(new Set(locations as string[]), new Set(["eu-west-1a", "eu-west-1b", "eu-west-1c"]));
  assert.equal((instanceTypes as string[]).length, 6);
  assert.throws(() => answer("aws:ec2/x:getVpc", {}), /does not know aws:ec2\/x:getVpc/);
});
