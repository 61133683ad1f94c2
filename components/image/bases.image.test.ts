import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { buildImage } from "./build";
import { BASES, type Base } from "./build-command";
import { buildSpec } from "./image";
import { assertDebianPackages, assertDrivers, assertFiles, dpdkOf, readSbom } from "./sbom.fixture";
import { startTrial, type Trial } from "./trial.fixture";
import { type Unpacked, unpack } from "./unpacked.fixture";

// The image of each base: built, pushed, unpacked, and its bill of materials compared with what is in it. Needs root; one or two
// minutes more for each base that has no build tree yet.
const run = promisify(execFile);
const PMDS = [
  "net_af_packet",
  "net_af_xdp",
  "net_bond",
  "net_e1000",
  "net_memif",
  "net_null",
  "net_ring",
  "net_virtio",
];
const VERSIONS: Record<Base, RegExp> = { bookworm: /^22\.11\.\d+$/, trixie: /^24\.11\.\d+$/ };
const DISTRIBUTIONS: Record<Base, string> = { bookworm: "debian-12", trixie: "debian-13" };
let trial: Trial;

before(async () => {
  trial = await startTrial();
});
after(() => trial.remove());

for (const base of BASES)
  describe(`an image of ${base}`, () => {
    const lines: string[] = [];
    let digest: string;
    let image: Unpacked;
    const build = () => {
      const { source, recipe, cacheFolder, repository } = trial;
      const args = { source, recipe, cacheFolder, repository, plainHttp: true, pmds: PMDS, base };
      return buildImage(buildSpec(args), (line) => void lines.push(line));
    };

    before(async () => {
      digest = await build();
      image = await unpack(trial, digest, base);
    });

    test("is the same when it is built again", async () => {
      assert.equal(await build(), digest);
    });

    test("says what it is made of", () => {
      const { Labels } = image.config.config;
      const version = dpdkOf(readSbom(image.tree));
      assert.match(version, VERSIONS[base]);
      assert.equal(Labels["org.pantheonchain.dpdk.version"], version);
      assert.equal(Labels["org.pantheonchain.dpdk.base"], DISTRIBUTIONS[base]);
      assert.equal(Labels["org.pantheonchain.dpdk.pmds"], PMDS.join(","));
    });

    test("has a bill of materials that agrees with its files, packages and drivers, and no date but 1970", () => {
      const sbom = readSbom(image.tree);
      assert.equal(sbom.spdxVersion, "SPDX-2.3");
      assert.equal(sbom.creationInfo.created, "1970-01-01T00:00:00Z");
      assertFiles(sbom, image.tree);
      assertDebianPackages(sbom, image.tree);
      assertDrivers(sbom, image.tree);
      const { Labels } = image.config.config;
      assert.equal(Labels["org.pantheonchain.dpdk.sbom"], "/usr/share/sbom/pantheon-node.spdx.json");
    });

    test("tells its size as it is pulled, which is below 60 MB", () => {
      const size = image.manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
      assert.ok(lines.includes(`image: ${size} bytes compressed, of 60000000 that it may have`), lines.join("\n"));
      assert.ok(size < 60_000_000);
      process.stderr.write(`  ${base}: ${size} bytes compressed\n`);
    });

    test("names the processors that it is for, and starts on the oldest of them", async () => {
      assert.equal(image.config.config.Labels["org.pantheonchain.dpdk.cpu"], "x86-64-v2");
      assert.match((await onProcessor("Nehalem")).stdout, /^pantheon-node \d/);
    });

    test("says on an older processor what it lacks, in one line", async () => {
      await assert.rejects(onProcessor("Conroe"), (error: Error & { code: number; stderr: string }) => {
        assert.equal(error.code, 69);
        assert.match(
          error.stderr,
          /^pantheon-node: this processor is not of the level x86-64-v2 [^\n]*; run it on [^\n]*\n$/,
        );
        return true;
      });
    });

    test("drives interfaces of the kernel (AF_XDP) with the capabilities of a pod, and takes them again", async () => {
      const story = join(trial.source, "smoke/af-xdp.sh");
      const own = join(image.tree, "opt/pantheonchain");
      const { stdout } = await run("bash", [story], {
        env: { ...process.env, NODE: byItsLoader(), XDP_PROGRAM: join(own, "lib/xsk_def_xdp_prog.o") },
      });
      assert.match(stdout, /^1\.\.11$/m, stdout);
      assert.doesNotMatch(stdout, /^not ok|# SKIP/m, stdout);
    });

    /** A program that starts the image's with its own loader and glibc, which this machine's may be older than. */
    function byItsLoader(): string {
      const [file, tree] = [join(image.tree, "../pantheon-node"), image.tree];
      const libraries = [`${tree}/usr/lib/x86_64-linux-gnu`, `${tree}/opt/pantheonchain/lib`].join(":");
      const loader = `${tree}/usr/lib64/ld-linux-x86-64.so.2 --library-path ${libraries}`;
      writeFileSync(file, `#!/bin/sh\nexec ${loader} ${tree}/opt/pantheonchain/bin/pantheon-node "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    }

    /** The program by QEMU's user emulation, with the image's own loader and glibc. */
    function onProcessor(model: string) {
      const program = join(image.tree, "opt/pantheonchain/bin/pantheon-node");
      return run("qemu-x86_64", ["-L", image.tree, "-cpu", model, program, "--version"]);
    }
  });
