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

test("a mistake is one line before anything is built", () => {
  const refused = (change: Partial<BuildSpec>, line: RegExp) =>
    assert.throws(() => checkedSpec({ ...spec, ...change }), line);
  refused({ pmds: [] }, /pmds of the image is empty.*give some/);
  refused({ pmds: ["net_e1000", "ice"] }, /pmds of the image: found ice; give the name/);
  refused({ repository: "pantheon-node" }, /names no registry/);
  refused({ cacheFolder: ".cache" }, /cacheFolder of the image is not absolute: \.cache/);
  refused({ authFile: "auth.json" }, /authFile of the image is not absolute/);
});
