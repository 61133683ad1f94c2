import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../../infra/cli/command";
import { partialName } from "../../../../tools/engine/partial";
import { timed } from "./timed";
import type { Checks, Finding, Said, Tool } from "./tool";

// Checkov and all that it needs, pinned with hashes for Debian 12's Python 3.11.
const requirements = join(__dirname, "checkov.requirements.txt");
const version = /^checkov==([\w.]+)/m.exec(readFileSync(requirements, "utf8"))?.[1] ?? "";

/**
 * `checkov --list --framework kubernetes` tells all of its checks. Left out: CKV_K8S_25 (no capability may be added), which a pod
 * with the one capability that its NIC needs fails as one with all of them does; CKV_K8S_27, which looks for the socket of Docker and
 * for no other path of the host; CKV2_K8S_6, which wants the network policy that is of no use on a virtual function.
 */
const checks: Checks = {
  2: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"],
  5: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"],
  6: ["CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"],
  7: ["CKV_K8S_16", "CKV_K8S_28", "CKV_K8S_37", "CKV_K8S_39"],
  10: ["CKV_K8S_31"],
  18: ["CKV_K8S_14", "CKV_K8S_43"],
};

export const checkov: Tool = { name: `Checkov ${version}`, checks, judge };

/** One process for all of them, as its start takes most of the time. It asks nobody for guidelines or for news of itself. */
async function judge(manifests: string, _names: readonly string[], cacheFolder: string): Promise<Said> {
  const folder = await install(cacheFolder);
  const options = ["--framework", "kubernetes", "--skip-download", "--compact", "--quiet", "--output", "json"];
  const { out, err, elapsed, cpu } = await timed(
    join(folder, "bin", "python"),
    ["-m", "checkov.main", ...options, "--directory", manifests],
    { environment: { CKV_SKIP_PACKAGE_UPDATE_CHECK: "true" }, seconds: 900 },
  );
  if (!out.startsWith("{")) throw new Error(`it answered no JSON: ${err.trim().split("\n").at(-1)}`);
  return { findings: findings(out), elapsed, cpu };
}

interface Report {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly file_path: string }[] };
}

/** From the JSON of a folder with `good/` and `bad/`. */
export function findings(json: string): Finding[] {
  const { results } = JSON.parse(json) as Report;
  return results.failed_checks.map((one) => ({ manifest: one.file_path.replace(/^\//, ""), check: one.check_id }));
}

/** A folder that is there is whole. Moved, it works by `python -m` only: its scripts name the folder that they were made in. */
async function install(cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, "other-tools", `checkov-${version}`);
  if (existsSync(folder)) return folder;
  const partial = partialName(folder);
  await mkdir(join(cacheFolder, "other-tools"), { recursive: true });
  try {
    await succeeded("/usr/bin/python3", ["-m", "venv", partial]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
    await succeeded(join(partial, "bin", "python"), [...pip, "--require-hashes", "--requirement", requirements]);
    await rename(partial, folder);
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function succeeded(program: string, args: readonly string[]): Promise<void> {
  const answer = await run(program, args, { seconds: 1800 });
  if (answer.code !== 0) throw new Error(`it was not installed: ${answer.err.trim().split("\n").at(-1)}`);
}
