import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { mirrorOf, readSources } from "../../tools/debian/sources";
import { buildImage } from "./build";
import { imageFolder } from "./build-command";
import { buildSpec } from "./image";
import { assertDebianPackages, assertDrivers, assertFiles, dpdkOf, readSbom } from "./sbom.fixture";
import { startTrial, type Trial } from "./trial.fixture";
import { unpack } from "./unpacked.fixture";

// The image with DPDK compiled from its source archive, which Debian's source package of bookworm has: the last 22.11. Needs root, and
// ten minutes.
const run = promisify(execFile);
const SHA256 = "27a3bb1f57e02eb68c7c0a6f8bbf9fb74ec198c5aab74ed602da5b71c492a476";
const log = (line: string): void => void process.stderr.write(`  ${line}\n`);
let trial: Trial;
let archive: string;
const spec = (sha256 = SHA256) => {
  const { source, recipe, cacheFolder, repository } = trial;
  const pmds = ["net_e1000", "net_null"];
  return buildSpec({ source, recipe, cacheFolder, repository, plainHttp: true, pmds, dpdk: { archive, sha256 } });
};

before(async () => {
  trial = await startTrial();
  archive = await fetchArchive(join(trial.folder, "archive"));
});
after(() => trial.remove());

test("the archive is the one that is pinned", () => {
  assert.equal(createHash("sha256").update(readFileSync(archive)).digest("hex"), SHA256);
});

test("an archive of another hash is refused before it is unpacked", async () => {
  await assert.rejects(
    buildImage(spec("f".repeat(64)), log),
    /orig\.tar\.xz has the SHA-256 [0-9a-f]{64}, asked was f{64}; compare it .* It was not unpacked/,
  );
});

test("the image has the DPDK that was compiled, with its licences, and none of Debian's", async () => {
  const digest = await buildImage(spec(), log);
  const { tree, config } = await unpack(trial, digest);
  const sbom = readSbom(tree);
  assert.equal(dpdkOf(sbom), "22.11.11");
  assert.equal(config.config.Labels["org.pantheonchain.dpdk.version"], "22.11.11");
  const dpdk = sbom.packages.find(({ name }) => name === "dpdk");
  assert.equal(dpdk?.sourceInfo, `source archive with the SHA-256 ${SHA256}`);
  assert.ok(!sbom.packages.some(({ name }) => name === "libdpdk-dev"));
  assert.match(readFileSync(join(tree, "usr/share/doc/dpdk/copyright"), "utf8"), /BSD-3-Clause/);
  for (const check of [assertFiles, assertDebianPackages, assertDrivers]) check(sbom, tree);
  const program = join(tree, "opt/pantheonchain/bin/pantheon-node");
  assert.match((await run(program, ["--version"])).stdout, /^pantheon-node \d/);

  log("the same once more, with DPDK compiled anew");
  for (const prefix of compiled()) rmSync(prefix, { recursive: true });
  assert.equal(await buildImage(spec(), log), digest);
});

test("it is compiled once", async () => {
  const lines: string[] = [];
  const start = Date.now();
  await buildImage(spec(), (line) => void lines.push(line));
  assert.ok(Date.now() - start < 60_000, lines.join("\n"));
});

/** Where the build tree has DPDK from an archive. */
function compiled(): string[] {
  const cache = imageFolder(trial.cacheFolder);
  const [tree] = readdirSync(cache).filter((name) => name.startsWith("tree-bookworm-"));
  const opt = join(cache, tree as string, "opt");
  return readdirSync(opt).map((name) => join(opt, name));
}

async function fetchArchive(folder: string): Promise<string> {
  mkdirSync(join(folder, "lists", "partial"), { recursive: true });
  const mirror = mirrorOf(readSources(), "bookworm");
  assert.ok(mirror !== null, "apt has no bookworm here");
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  writeFileSync(join(folder, "sources.list"), `deb-src [signed-by=${keys}] ${mirror} bookworm main\n`);
  const settings = {
    "Dir::Etc::SourceList": join(folder, "sources.list"),
    "Dir::Etc::SourceParts": "-",
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::Cache::srcpkgcache": "",
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await run("apt-get", [...options, "--quiet", "update"]);
  await run("apt-get", [...options, "--quiet", "source", "--download-only", "dpdk"], { cwd: folder });
  const [name] = readdirSync(folder).filter((one) => one.endsWith(".orig.tar.xz"));
  assert.ok(name !== undefined && existsSync(join(folder, name)));
  return join(folder, name);
}
