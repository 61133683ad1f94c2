import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labSettings } from "../../../infra/cli/lab/settings";

/** Seconds until a pack has told its port, and the processor's time that it took. */
export interface Started {
  readonly elapsed: number;
  readonly cpu: number;
}

/** The pack as the engine's language host starts it. */
export function startPack(): Promise<Started> {
  return start(join(labSettings().projectFolder, "policies"));
}

/** A pack with no rule, started as the SDK's own template is: what the SDK and its TypeScript compiler take. */
export function startEmptyPack(): Promise<Started> {
  const { projectFolder, cacheFolder } = labSettings();
  const folder = join(cacheFolder, "bench-empty-pack");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(projectFolder, "policies", "tsconfig.json"), join(folder, "tsconfig.json"));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "version": "0.1.0", "main": "pack.ts" }\n');
  const pack = 'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("empty", { policies: [] });\n';
  writeFileSync(join(folder, "pack.ts"), pack);
  return start(folder);
}

/** `run-policy-pack ENGINE FOLDER`; it prints its port when it listens, and asks nothing of the engine until then. */
function start(folder: string): Promise<Started> {
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const begin = process.hrtime.bigint();
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    let started: Started | null = null;
    child.stdout.once("data", () => {
      const elapsed = Number(process.hrtime.bigint() - begin) / 1e9;
      started = { elapsed, cpu: processorSeconds(child.pid as number) };
      child.kill();
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (started !== null) resolve(started);
      else reject(new Error(`the policy pack in ${folder} ended with ${code}: ${said}`));
    });
  });
}

/** Of a process that runs: user and system time, in the hundredths that every Linux has (proc(5), /proc/PID/stat, fields 14 and 15). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
