import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { buildImage } from "./build";
import { type BuildSpec, buildCommand } from "./build-command";
import { buildSpec, wantedPush } from "./image";
import { startTrial, type Trial } from "./trial.fixture";
import { MANIFEST, type Unpacked, unpack } from "./unpacked.fixture";

// The real image, built, pushed to a real registry and unpacked. Needs root; a minute more where there is no build tree yet.
const run = promisify(execFile);
const log = (line: string): void => void process.stderr.write(`  ${line}\n`);
const quiet = (): void => undefined;

let trial: Trial;
let digest: string;
let image: Unpacked;
/** The image's files. */
let tree: string;

const spec = (changes: Partial<BuildSpec> = {}): BuildSpec => ({
  ...buildSpec({
    source: trial.source,
    recipe: trial.recipe,
    cacheFolder: trial.cacheFolder,
    repository: trial.repository,
    plainHttp: true,
    pmds: ["net_e1000", "net_virtio", "net_null"],
  }),
  ...changes,
});

async function timed(what: string, work: () => Promise<string>): Promise<string> {
  const start = Date.now();
  const result = await work();
  log(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s, ${result}`);
  return result;
}

before(async () => {
  trial = await startTrial();
  digest = await timed("first build", () => buildImage(spec(), log));
  image = await unpack(trial, digest);
  tree = image.tree;
});
after(() => trial.remove());

test("the same inputs give the same digest, whatever their folder, their dates and the texts for people beside them", async () => {
  process.env.CCACHE_RECACHE = "1"; // compiled a second time, too
  assert.equal(await timed("second build", () => buildImage(spec(), quiet)), digest);
  delete process.env.CCACHE_RECACHE;
  assert.equal(await timed("third build", () => buildImage(spec(), quiet)), digest);
  utimesSync(join(trial.source, "meson.build"), 1, 1);
  writeFileSync(join(trial.source, "NOTES.md"), "for people");
  assert.equal(await buildImage(spec(), quiet), digest);
});

test("the manifest has one gzipped layer, the entry point, a user without rights, labels and the drivers", () => {
  const { manifest, config } = image;
  assert.equal(manifest.mediaType, MANIFEST);
  assert.equal(manifest.config.mediaType, "application/vnd.docker.container.image.v1+json");
  assert.deepEqual(
    manifest.layers.map((layer) => layer.mediaType),
    ["application/vnd.docker.image.rootfs.diff.tar.gzip"],
  );
  assert.deepEqual(config.config.Entrypoint, ["/opt/pantheonchain/bin/pantheon-node"]);
  assert.match(config.config.User, /^[1-9]\d*:[1-9]\d*$/);
  const { Labels } = config.config;
  assert.equal(Labels["org.pantheonchain.dpdk.pmds"], "net_e1000,net_null,net_virtio");
  assert.equal(Labels["org.opencontainers.image.title"], "pantheon-node");
  assert.match(Labels["org.opencontainers.image.version"] ?? "", /^\d+\.\d+\.\d+$/);
  assert.match(Labels["org.opencontainers.image.revision"] ?? "", /^[0-9a-f]{64}$/);
  assert.match(Labels["org.opencontainers.image.licenses"] ?? "", /^MIT AND BSD-3-Clause AND/);
  assert.equal(config.created, "1970-01-01T00:00:00Z");
});

test("there is no shell, compiler, package manager or set-user-id file in it, and everything is root's", async () => {
  const { stdout } = await run("find", [tree, "-not", "-type", "d", "-printf", "%P\n"]);
  const names = stdout.trim().split("\n");
  const tools = /(^|\/)(ba|da|k|z)?sh$|busybox|(^|\/)(gcc|cc|ld|as|apt[^/]*|dpkg|perl|python[^/]*)$/;
  assert.deepEqual(
    names.filter((name) => tools.test(name)),
    [],
  );
  const programs = names.filter((name) => /(^|\/)s?bin\//.test(name));
  assert.deepEqual(programs, ["opt/pantheonchain/bin/pantheon-node"]);
  const special = await run("find", [tree, "-perm", "/6000", "-o", "-type", "b", "-o", "-type", "c"]);
  assert.equal(special.stdout, "");
  const listed = await run("tar", ["--numeric-owner", "-tvf", image.layer]);
  assert.deepEqual(
    listed.stdout
      .trim()
      .split("\n")
      .filter((line) => !/ 0\/0 /.test(line)),
    [],
  );
  log(`files: ${names.length}`);
});

test("the licences of what is shipped are in it, DPDK's too, which is linked into the program, and the packages are named", () => {
  for (const name of ["libc6", "libgcc-s1", "libdpdk-dev"]) {
    assert.ok(existsSync(join(tree, "usr/share/doc", name, "copyright")), name);
    assert.match(readFileSync(join(tree, "var/lib/dpkg/status.d", name), "utf8"), /^Package: .*[\s\S]*^Version: /m);
  }
  assert.ok(existsSync(join(tree, "usr/share/common-licenses/LGPL-2.1")));
});

test("the program runs in the image", async () => {
  const environment = { LD_ORIGIN_PATH: "/opt/pantheonchain/bin" }; // A plain chroot has no /proc to take it from.
  const { stdout } = await run("chroot", [tree, "/opt/pantheonchain/bin/pantheon-node", "--version"], {
    env: { ...process.env, ...environment },
  });
  assert.match(stdout, /\d+\.\d+\.\d+/);
});

test("the program runs on a host from opt/pantheonchain alone, with its libraries from there", async () => {
  const native = join(trial.folder, "native");
  mkdirSync(native);
  await run("tar", ["-C", native, "-xf", image.layer, "opt/pantheonchain"]);
  const program = join(native, "opt/pantheonchain/bin/pantheon-node");
  assert.match((await run(program, ["--version"])).stdout, /\d+\.\d+\.\d+/);
  const libraries = (await run("ldd", [program])).stdout
    .trim()
    .split("\n")
    .filter((line) => line.includes("=>"));
  // Of glibc itself there are these two (and its loader); the rest must be the image's own.
  const others = libraries.filter((line) => !/^\s*(libc|libm)\.so\.6 /.test(line));
  for (const line of others) assert.ok(line.includes(`=> ${native}/opt/pantheonchain/`), line);
});

test("a changed source file is another image within seconds, and the unchanged one is the first again", async () => {
  const file = join(trial.source, "src", "main", "main.c");
  const text = readFileSync(file, "utf8");
  appendFileSync(file, "\n/* another revision */\n");
  assert.notEqual(await timed("changed source", () => buildImage(spec(), quiet)), digest);
  writeFileSync(file, text);
  assert.equal(await buildImage(spec(), quiet), digest);
});

test("an image that the registry has lost is noticed and pushed again with the same digest", async () => {
  assert.equal(await wantedPush(spec(), 3, quiet), 1);
  const gone = await fetch(`${trial.url}/manifests/${digest}`, { method: "DELETE" });
  assert.equal(gone.status, 202);
  assert.equal(await wantedPush(spec(), 3, quiet), 2);
  assert.equal(await buildImage(spec({ push: 2 }), quiet), digest);
  assert.equal(await wantedPush(spec(), 3, quiet), 2);
});

test("a registry that is gone changes nothing and is told in one line; a push to it fails with one clear line", async () => {
  await trial.registryGone();
  const lines: string[] = [];
  assert.equal(await wantedPush(spec(), 3, (line) => lines.push(line)), 2);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /does not say whether it has .*: (ECONNREFUSED|it closed the connection); nothing is changed by that/,
  );
  await assert.rejects(
    buildImage(spec(), quiet),
    /127\.0\.0\.1:\d+\/pantheon-node did not take the image: .*; see that the registry/,
  );
  await trial.registryBack();
  lines.length = 0;
  assert.equal(await wantedPush(spec(), 3, (line) => lines.push(line)), 2);
  assert.deepEqual(lines, []);
});

test("a source that does not compile is one clear line with the compiler's words above it, and nothing is pushed", async () => {
  const file = join(trial.source, "src", "main", "main.c");
  const text = readFileSync(file, "utf8");
  appendFileSync(file, "\n#error of a test\n");
  const lines: string[] = [];
  await assert.rejects(
    buildImage(spec(), (line) => lines.push(line)),
    /pantheon-node could not be compiled: .*main\.c:\d+:\d+: error: #error of a test; see above/,
  );
  assert.ok(
    lines.some((line) => line.startsWith("FAILED:")),
    lines.join("\n"),
  );
  assert.ok(!lines.some((line) => line.includes("pushing")));
  writeFileSync(file, text);
});

test("a driver that DPDK has not is refused by the compilation", async () => {
  await assert.rejects(
    buildImage(spec({ pmds: ["net_nosuch"] }), quiet),
    /could not be compiled: .*cannot find .*librte_net_nosuch\.a/,
  );
});

test("an image that is larger than it may be is refused, with its size, and nothing is pushed", async () => {
  const recipe = join(trial.folder, "recipe");
  cpSync(trial.recipe, recipe, { recursive: true });
  const script = join(recipe, "push.sh");
  writeFileSync(script, readFileSync(script, "utf8").replace(/^most=.*$/m, "most=1000"));
  const pmds = ["net_ring"]; // another image than those that the registry has
  await assert.rejects(
    buildImage(spec({ recipe, pmds }), quiet),
    /it has \d{7,} bytes compressed, and may have 1000; take drivers out of --pmds, nothing was pushed/,
  );
  const { tags } = (await (await fetch(`${trial.url}/tags/list`)).json()) as { tags: string[] };
  await buildImage(spec({ pmds }), quiet);
  const later = (await (await fetch(`${trial.url}/tags/list`)).json()) as { tags: string[] };
  assert.equal(later.tags.length, tags.length + 1);
});

test("who is neither root nor may become it gets one clear line", async () => {
  const [program, ...args] = buildCommand(spec());
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", program as string, ...args];
  await assert.rejects(run("setpriv", nobody), (error: Error & { stderr: string }) => {
    assert.match(
      error.stderr,
      /^image: user nobody is neither root nor allowed to use sudo .*; run this as root[^\n]*\n$/,
    );
    return true;
  });
});

test("a build that is interrupted leaves nothing behind, and the next one goes through", async () => {
  const [program, ...args] = buildCommand(spec());
  await assert.rejects(run(program as string, args, { timeout: 700 }));
  assert.equal(await buildImage(spec(), quiet), digest);
  const folder = join(trial.cacheFolder, "image");
  await run("flock", [join(folder, "building.lock"), "test", "!", "-e", join(folder, "building")]);
});
