import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Trial } from "./trial.fixture";

const run = promisify(execFile);
export const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

export interface Manifest {
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[];
}

/** What of the image's configuration tests look at. */
export interface Config {
  created: string;
  history?: unknown[];
  config: {
    User: string;
    Entrypoint: string[];
    Labels: Record<string, string>;
    Healthcheck?: { Test: string[]; Interval: number; Timeout: number; StartPeriod: number; Retries: number };
  };
}

/** An image as a registry has it, each part compared with its digest, with the files of its layer in a folder. */
export interface Unpacked {
  manifest: Manifest;
  config: Config;
  /** The layer as it is pulled. */
  layer: string;
  tree: string;
}

/** Fetches an image of a trial's registry into its folder `name`. */
export async function unpack(trial: Trial, digest: string, name = "unpacked"): Promise<Unpacked> {
  const answer = await fetch(`${trial.url}/manifests/${digest}`, { headers: { accept: MANIFEST } });
  assert.equal(answer.headers.get("content-type"), MANIFEST);
  const manifest = JSON.parse(textOf(Buffer.from(await answer.arrayBuffer()), digest)) as Manifest;
  const config = JSON.parse(textOf(await blob(trial, manifest.config.digest), manifest.config.digest)) as Config;
  const folder = join(trial.folder, name);
  const [tree, layer] = [join(folder, "tree"), join(folder, "layer.tar.gz")];
  mkdirSync(tree, { recursive: true });
  const { digest: layerDigest } = manifest.layers[0] as Descriptor;
  const bytes = await blob(trial, layerDigest);
  assertDigest(bytes, layerDigest);
  writeFileSync(layer, bytes);
  await run("tar", ["-C", tree, "-xf", layer]);
  return { manifest, config, layer, tree };
}

async function blob(trial: Trial, digest: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${trial.url}/blobs/${digest}`)).arrayBuffer());
}

function textOf(bytes: Buffer, digest: string): string {
  assertDigest(bytes, digest);
  return bytes.toString();
}

function assertDigest(bytes: Buffer, digest: string): void {
  assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest);
}
