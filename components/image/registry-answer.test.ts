import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { basicCredentials } from "./auth-file";
import { type Answer, askRegistry, unknownLine } from "./registry-answer";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const folder = mkdtempSync(join(tmpdir(), "auth-"));
const authFile = join(folder, "auth.json");
const SECRET = Buffer.from("operator:secret").toString("base64");

let server: Server;
let registry: string;
let answers: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];

before(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    answers(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  registry = `127.0.0.1:${(server.address() as { port: number }).port}`;
  writeFileSync(authFile, JSON.stringify({ auths: { [registry]: { auth: SECRET } } }));
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = [];
});

const ask = (changes: { authFile?: string | null; seconds?: number } = {}): Promise<Answer> =>
  askRegistry({
    reference: { registry, name: "fleet/pantheon-node", digest: DIGEST },
    plainHttp: true,
    authFile: null,
    seconds: 2,
    ...changes,
  });
const status = (code: number, body = "") => {
  answers = (_, response) => void response.writeHead(code).end(body);
};

test("an image that is there is found by its digest", async () => {
  status(200, "{}");
  assert.deepEqual(await ask(), { kind: "there" });
  assert.deepEqual(asked, [`GET /v2/fleet/pantheon-node/manifests/${DIGEST} -`]);
});

test("an image counts as lost only where a registry says so", async () => {
  status(404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
  assert.deepEqual(await ask(), { kind: "missing" });
  status(404, "<html>not found</html>");
  assert.deepEqual(await ask(), { kind: "unknown", reason: "it answered 404 Not Found" });
  status(503);
  assert.deepEqual(await ask(), { kind: "unknown", reason: "it answered 503 Service Unavailable" });
});

test("a registry that is silent or gone is unknown, within the time given", async () => {
  answers = () => undefined;
  const start = Date.now();
  assert.deepEqual(await ask({ seconds: 0.2 }), { kind: "unknown", reason: "no answer within 0.2 s" });
  assert.ok(Date.now() - start < 1500);
  const reference = { registry: "127.0.0.1:2", name: "a", digest: DIGEST };
  const gone = await askRegistry({ reference, plainHttp: true, authFile: null, seconds: 2 });
  assert.deepEqual(gone, { kind: "unknown", reason: "ECONNREFUSED" });
  assert.match(
    unknownLine(reference, "ECONNREFUSED"),
    /^registry 127\.0\.0\.1:2 does not say .*: ECONNREFUSED; nothing is/,
  );
});

test("a registry that wants a name and password gets those of the file, one that wants none gets none", async () => {
  answers = (request, response) => {
    const known = request.headers.authorization === `Basic ${SECRET}`;
    response.writeHead(known ? 200 : 401, known ? {} : { "www-authenticate": 'Basic realm="x"' }).end();
  };
  assert.deepEqual(await ask({ authFile }), { kind: "there" });
  assert.deepEqual(
    asked.map((line) => line.split(" ").slice(2).join(" ")),
    ["-", `Basic ${SECRET}`],
  );
  assert.deepEqual(await ask(), { kind: "unknown", reason: "it answered 401 Unauthorized" });
});

test("a registry that wants a token gets it from its token server", async () => {
  answers = (request, response) => {
    if (request.url?.startsWith("/token")) return void response.end('{"token":"abc"}');
    const known = request.headers.authorization === "Bearer abc";
    const challenge = `Bearer realm="http://${registry}/token",service="here"`;
    return void response.writeHead(known ? 200 : 401, known ? {} : { "www-authenticate": challenge }).end();
  };
  assert.deepEqual(await ask({ authFile }), { kind: "there" });
  assert.match(asked[1] ?? "", /^GET \/token\?scope=repository%3Afleet%2Fpantheon-node%3Apull&service=here Basic /);
});

test("of several entries the most exact one counts, and a broken file is one clear line", () => {
  const file = join(folder, "several.json");
  writeFileSync(file, '{"auths":{"r.example":{"auth":"all"},"r.example/fleet":{"auth":"fleet"},"r.example/x":{}}}');
  const find = (name: string) => basicCredentials(file, { registry: "r.example", name });
  assert.deepEqual([find("fleet/node"), find("node"), find("x/node")], ["fleet", "all", "all"]);
  assert.equal(basicCredentials(file, { registry: "other.example", name: "node" }), null);
  writeFileSync(file, "{");
  assert.throws(() => find("node"), /credentials cannot be read: .*; write it with `podman login/);
});

test("a redirect is not followed with credentials", async () => {
  answers = (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  assert.equal((await ask({ authFile })).kind, "unknown");
});
