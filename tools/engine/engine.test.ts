import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { build } from "./build";
import { runChild } from "./child";
import { type Component, inputHash } from "./component";
import { archiveName, download, downloadedFolder } from "./download";
import { EngineError } from "./errors";
import { goVersion } from "./go";
import { removeStale } from "./partial";
import { findPresent } from "./present";
import { PULUMI_VERSION } from "./versions";

const silent = () => undefined;

async function temporary(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that prints this version, with a language host beside it if wanted. */
async function fakePulumi(folder: string, version: string, host = true): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of host ? ["pulumi", "pulumi-language-nodejs"] : ["pulumi"]) {
    await writeFile(join(folder, name), `#!/bin/sh\necho ${version}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

/** A server of releases on loopback; gives its address. */
async function serve(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a recent pulumi with its language host is used where it is", async (context) => {
  const folder = await temporary(context);
  await fakePulumi(join(folder, "bin"), "v3.245.1");
  const found = await findPresent(`/nowhere${delimiter}${join(folder, "bin")}`, join(folder, "cache"));
  assert.deepEqual(found, { pulumi: join(folder, "bin", "pulumi"), version: "v3.245.1" });
});

test("a pulumi that is too old, alone, or broken is not used, and the reason is said", async (context) => {
  const folder = await temporary(context);
  await fakePulumi(join(folder, "old"), "v3.100.0");
  await fakePulumi(join(folder, "alone"), "v3.259.0", false);
  await fakePulumi(join(folder, "broken"), "no; exit 3");
  const reason = async (path: string) => JSON.stringify(await findPresent(path, join(folder, "cache")));
  assert.match(await reason(join(folder, "old")), /old\/pulumi is v3\.100\.0, 3\.245\.0 or newer is needed/);
  assert.match(await reason(join(folder, "alone")), /has no pulumi-language-nodejs/);
  assert.match(await reason(join(folder, "broken")), /pulumi version failed/);
  assert.match(await reason("/nowhere"), /no pulumi on PATH/);
});

test("our own engine in the cache does not count as the user's", async (context) => {
  const folder = await temporary(context);
  await fakePulumi(join(folder, "engine", "x"), "v3.259.0");
  const found = await findPresent(join(folder, "engine", "x"), folder);
  assert.deepEqual(found, { unusable: "no pulumi on PATH" });
});

test("the official release is unpacked into the cache", async (context) => {
  const folder = await temporary(context);
  await fakePulumi(join(folder, "release", "pulumi"), `v${PULUMI_VERSION}`);
  const packed = await runChild("tar", ["-czf", join(folder, "r.tgz"), "-C", join(folder, "release"), "pulumi"]);
  assert.equal(packed.code, 0);
  const archive = await readFile(join(folder, "r.tgz"));
  const releases = await serve(context, (_request, response) => response.end(archive));

  const cache = join(folder, "cache");
  const fetched = await download(cache, silent, { releases });
  assert.deepEqual(fetched, { folder: downloadedFolder(cache) });
  assert.deepEqual(await readdir(join(cache, "engine")), [`official-${PULUMI_VERSION}`]);
});

test("a download that is refused, broken or cannot be reached says so and leaves nothing", async (context) => {
  const cache = await temporary(context);
  const refused = await serve(context, (_request, response) => response.writeHead(403).end());
  const broken = await serve(context, (_request, response) => response.end("not an archive"));
  const gone = "http://127.0.0.1:9"; // discard: nobody listens there
  for (const [releases, why] of [
    [refused, /HTTP 403/],
    [broken, /does not unpack/],
    [gone, /cannot be had/],
  ] as const) {
    const fetched = await download(cache, silent, { releases });
    assert.match("failed" in fetched ? fetched.failed : "downloaded", why);
  }
  assert.deepEqual(await readdir(join(cache, "engine")), []);
});

test("a server that takes the connection and says nothing is given up after seconds", async (context) => {
  const cache = await temporary(context);
  const releases = await serve(context, silent);
  const start = Date.now();
  const fetched = await download(cache, silent, { releases });
  assert.match("failed" in fetched ? fetched.failed : "downloaded", /no answer within 5 s/);
  assert.ok(Date.now() - start < 10_000);
});

test("there is a release for Linux and macOS only", () => {
  assert.equal(archiveName("linux", "x64"), `pulumi-v${PULUMI_VERSION}-linux-x64.tar.gz`);
  assert.equal(archiveName("freebsd", "x64"), undefined);
});

/** A Go module of one file, and the component that builds it. */
async function smallModule(folder: string, main: string): Promise<Component> {
  await mkdir(join(folder, "small"), { recursive: true });
  await writeFile(join(folder, "small", "go.mod"), "module small\n\ngo 1.21\n");
  await writeFile(join(folder, "small", "main.go"), main);
  return { program: "small", module: "small", goPackage: ".", variables: { "main.said": "hello" }, usual: 5 };
}

const PROGRAM = "package main\n\nvar said string\n\nfunc main() { println(said) }\n";

test("a component is built once, and again when its sources change", async (context) => {
  const folder = await temporary(context);
  const cache = join(folder, "cache");
  const component = await smallModule(folder, PROGRAM);
  const lines: string[] = [];
  const make = () => build(component, cache, (line) => lines.push(line), { sources: folder });

  const first = await make();
  assert.equal((await runChild(first.file, [])).err, "hello");
  lines.length = 0;
  assert.deepEqual(await make(), first);
  assert.deepEqual(lines, []);

  await smallModule(folder, PROGRAM.replace("println(said)", 'println(said, "again")'));
  const second = await make();
  assert.notEqual(second.hash, first.hash);
  assert.equal(existsSync(first.file), false);
});

test("tests are no input of a program, go.mod and Go's version are", async (context) => {
  const folder = await temporary(context);
  const component = await smallModule(folder, PROGRAM);
  const hash = (go = "go1.26.8") => inputHash(component, join(folder, "small"), go);
  const before = await hash();
  await writeFile(join(folder, "small", "main_test.go"), "package main\n");
  assert.equal(await hash(), before);
  assert.notEqual(await hash("go1.26.9"), before);
  await writeFile(join(folder, "small", "go.mod"), "module small\n\ngo 1.22\n");
  assert.notEqual(await hash(), before);
});

test("a build that fails says Go's reason in one line and leaves no program", async (context) => {
  const folder = await temporary(context);
  const component = await smallModule(folder, "package main\n\nfunc main() { nothing() }\n");
  const cache = join(folder, "cache");
  await assert.rejects(build(component, cache, silent, { sources: folder }), (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.match(error.message, /small was not built: .*undefined: nothing/);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  assert.deepEqual(
    (await readdir(cache, { recursive: true })).filter((name) => name.includes("partial")),
    [],
  );
});

test("an interrupted build leaves nothing that counts as built, and the next one goes through", async (context) => {
  const folder = await temporary(context);
  const component = await smallModule(folder, PROGRAM);
  const cache = join(folder, "cache");
  const stop = new AbortController();
  const interrupted = build(component, cache, () => stop.abort(), { sources: folder, signal: stop.signal });
  await assert.rejects(interrupted, { name: "AbortError" });
  const built = await build(component, cache, silent, { sources: folder });
  assert.equal((await runChild(built.file, [])).err, "hello");
});

test("what a killed run left half-made is removed, what a running one makes is kept", async (context) => {
  const folder = await temporary(context);
  const gone = (await runChild("sh", ["-c", "echo $$"])).out.trim();
  await mkdir(join(folder, "small-0123456789abcdef"));
  for (const name of [
    `official.partial-${gone}`,
    `small-0123456789abcdef/partial-${gone}`,
    `small.partial-${process.pid}`,
  ]) {
    await writeFile(join(folder, name), "");
  }
  await removeStale(folder);
  const left = await readdir(folder, { recursive: true });
  assert.deepEqual(left.sort(), [`small-0123456789abcdef`, `small.partial-${process.pid}`]);
});

test("without Go, or with one that is too old, the error names what to install", async (context) => {
  const folder = await temporary(context);
  await smallModule(folder, PROGRAM);
  await writeFile(join(folder, "small", "go.mod"), "module small\n\ngo 1.25.11\n");
  const path = process.env.PATH;
  context.after(() => {
    process.env.PATH = path;
  });
  process.env.PATH = folder;
  await assert.rejects(goVersion(join(folder, "small")), /no go on PATH; install Go 1\.25\.11 or newer/);
  await writeFile(join(folder, "go"), "#!/bin/sh\necho go1.19.8\n");
  await chmod(join(folder, "go"), 0o755);
  await assert.rejects(goVersion(join(folder, "small")), /go on PATH is go1\.19\.8; install Go 1\.25\.11 or newer/);
});
