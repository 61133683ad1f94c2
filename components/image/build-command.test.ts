import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuildSpec, buildCommand, checkedSpec } from "./build-command";

const spec: BuildSpec = {
  source: "/project/native-image",
  recipe: "/project/native-image/image",
  inputs: "abc",
  cacheFolder: "/project/.cache",
  repository: "127.0.0.1:22400/pantheon-node",
  plainHttp: false,
  authFile: null,
  pmds: ["net_virtio", "net_e1000", "net_virtio"],
  base: "bookworm",
  dpdk: null,
  refresh: "",
  mirrors: [],
  push: 1,
};

test("the command says where everything lies, with each driver once and in order", () => {
  assert.deepEqual(buildCommand(checkedSpec(spec)), [
    "/project/native-image/image/build.sh",
    ...["--source", "/project/native-image"],
    ...["--cache", "/project/.cache/image"],
    ...["--pmds", "net_e1000,net_virtio"],
    ...["--repository", "127.0.0.1:22400/pantheon-node"],
    ...["--suite", "bookworm"],
    ...["--refresh", ""],
  ]);
});

test("plain HTTP, the file with credentials and the mirrors are given where they are asked for", () => {
  const more = { ...spec, plainHttp: true, authFile: "/run/auth.json", mirrors: ["http://mirror.example/debian"] };
  const command = buildCommand(checkedSpec(more)).join(" ");
  assert.match(command, / --plain-http --authfile \/run\/auth\.json .* http:\/\/mirror\.example\/debian$/);
});

test("the base is the release of the build tree, bookworm or trixie", () => {
  assert.match(buildCommand(checkedSpec({ ...spec, base: "trixie" })).join(" "), / --suite trixie /);
});

test("DPDK's source archive is given with its SHA-256", () => {
  const dpdk = { archive: "/srv/dpdk.tar.xz", sha256: "a".repeat(64) };
  assert.match(
    buildCommand(checkedSpec({ ...spec, dpdk })).join(" "),
    / --dpdk-archive \/srv\/dpdk\.tar\.xz --dpdk-sha256 a{64}$/,
  );
});

test("a mistake is one line before anything is built", () => {
  const refused = (change: Partial<BuildSpec>, line: RegExp) =>
    assert.throws(() => checkedSpec({ ...spec, ...change }), line);
  refused({ pmds: [] }, /pmds of the image is empty.*give some/);
  refused({ pmds: ["net_e1000", "ice"] }, /pmds of the image: found ice; give the name/);
  refused(
    { dpdk: { archive: "dpdk.tar.xz", sha256: "0".repeat(64) } },
    /dpdk\.archive of the image: found dpdk\.tar\.xz/,
  );
  refused({ dpdk: { archive: "/dpdk.tar.xz", sha256: "0" } }, /dpdk\.sha256 of the image: found 0; give the archive's/);
  refused({ repository: "pantheon-node" }, /names no registry/);
  refused({ cacheFolder: ".cache" }, /cacheFolder of the image is not absolute: \.cache/);
  refused({ authFile: "auth.json" }, /authFile of the image is not absolute/);
});
