import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { buildSpec, DataPlaneImage, wantedPush } from "./image";
import { forgetPushed, pushedFile, writePushed } from "./pushed";

interface Made {
  type: string;
  name: string;
  inputs: { create?: string; delete?: string; environment?: Record<string, string>; interpreter?: string[] };
}

const DIGEST = `sha256:${"ab".repeat(32)}`;
const root = mkdtempSync(join(tmpdir(), "image-"));
const server = createServer((_, response) => void response.writeHead(answer.status).end(answer.body));
let answer = { status: 200, body: "{}" };
let made: Made[] = [];
let repository: string;

before(async () => {
  mkdirSync(join(root, "source", "image"), { recursive: true });
  writeFileSync(join(root, "source", "meson.build"), "project('x', 'c')");
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  repository = `127.0.0.1:${(server.address() as { port: number }).port}/pantheon-node`;
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      return { id: name, state: { ...inputs, stdout: `${DIGEST}\n` } };
    },
  });
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  made = [];
  answer = { status: 200, body: "{}" };
  forgetPushed(pushedFile(buildSpec(args())));
});

const args = () => ({
  source: join(root, "source"),
  cacheFolder: root,
  repository,
  plainHttp: true,
  pmds: ["net_e1000"],
});
const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

test("an image is a component with one command that builds it, and is known to the nodes by their name and its digest", async () => {
  const image = new DataPlaneImage("image", { ...args(), pullFrom: "10.0.2.2:22400/pantheon-node" });
  assert.equal(await value(image.reference), `10.0.2.2:22400/pantheon-node@${DIGEST}`);
  assert.deepEqual(
    made.map(({ type, name, inputs }) => [type, name, inputs.create, inputs.delete]),
    [
      ["dpdk-fleet:image:DataPlaneImage", "image", undefined, undefined],
      ["command:local:Command", "image-build", "build", "forget"],
    ],
  );
  const spec = JSON.parse(made[1]?.inputs.environment?.IMAGE_SPEC ?? "");
  assert.deepEqual([spec.repository, spec.plainHttp, spec.pmds, spec.push], [repository, true, ["net_e1000"], 1]);
  assert.equal(made[1]?.inputs.interpreter?.[0], "node");
});

test("an image that exists is neither built nor asked for", async () => {
  const image = new DataPlaneImage("image", { repository: "r.example/pantheon-node", digest: DIGEST });
  assert.equal(await value(image.reference), `r.example/pantheon-node@${DIGEST}`);
  assert.deepEqual(
    made.map(({ type }) => type),
    ["dpdk-fleet:image:DataPlaneImage"],
  );
});

test("a mistake is one line before anything is made", () => {
  const make = (changes: object) => new DataPlaneImage("image", { ...args(), ...changes });
  assert.throws(() => make({ repository: "r.example/a:latest" }), /a repository is wanted/);
  assert.throws(() => make({ pullFrom: "a" }), /names no registry/);
  assert.throws(() => make({ pmds: [] }), /pmds of the image is empty/);
  assert.throws(() => make({ digest: "latest" }), /latest is no digest/);
  assert.throws(() => make({ base: "sid" }), /base of the image: found sid; write one of bookworm, trixie/);
});

test("an image that the registry has lost is pushed again, once", async () => {
  const pushed = (push: number) => writePushed(pushedFile(buildSpec(args())), { repository, digest: DIGEST, push });
  pushed(3);
  assert.equal(await wanted(), 3);
  answer = { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  assert.equal(await wanted(), 4);
  pushed(4);
  answer = { status: 200, body: "{}" };
  assert.equal(await wanted(), 4);
});

test("a registry that does not say changes nothing, and one line tells it", async () => {
  writePushed(pushedFile(buildSpec(args())), { repository, digest: DIGEST, push: 3 });
  answer = { status: 500, body: "" };
  const lines: string[] = [];
  assert.equal(await wanted(lines), 3);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /does not say whether it has .*: it answered 500.*nodes that run are unharmed$/);
});

test("nothing is asked where nothing was pushed", async () => {
  answer = { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  assert.equal(await wanted(), 1);
});

function wanted(lines: string[] = []): Promise<number> {
  return wantedPush(buildSpec(args()), 2, (line) => lines.push(line));
}
