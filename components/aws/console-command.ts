import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AwsError } from "./errors";
import { hostKeyOfConsole } from "./host-key";

// The command that `InstanceHostKey` runs, with its values in environment variables. Standard output is the key and nothing else.
const [verb] = process.argv.slice(2);
const file = variable("HOST_KEY_FILE");

(verb === "read" ? read() : forget()).catch((error: unknown) => {
  if (!(error instanceof AwsError)) throw error;
  process.stderr.write(`aws: ${error.message}\n`);
  process.exitCode = 1;
});

async function read(): Promise<void> {
  const instance = variable("INSTANCE_ID");
  const end = Date.now() + Number(variable("SECONDS")) * 1000;
  const pollMs = Number(variable("POLL_SECONDS")) * 1000;
  for (;;) {
    const key = hostKeyOfConsole(instance, await consoleOf(instance));
    if (key !== null) return keep(key);
    if (Date.now() + pollMs > end)
      throw new AwsError(
        `${instance}: no host key on its console after ${variable("SECONDS")} s`,
        "look at `aws ec2 get-console-output --latest`; then up again, or write ssh.hostKey of the node",
      );
    process.stderr.write(`${instance}: waiting for its host key on the console\n`);
    await setTimeout(pollMs);
  }
}

/** What the file has is what the command line's own connections trust, too. */
function keep(key: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key}\n`);
  process.stdout.write(`${key}\n`);
}

async function forget(): Promise<void> {
  rmSync(file, { force: true });
}

/** AWS's own command line, under the operator's credentials. `--latest` is the console of this moment, which Nitro has. */
function consoleOf(instance: string): Promise<string> {
  const words = ["ec2", "get-console-output", "--latest", "--region", variable("REGION"), "--instance-id", instance];
  return new Promise((resolve, reject) => {
    execFile("aws", [...words, "--output", "text", "--query", "Output"], { timeout: 60_000 }, (error, out, err) => {
      if (error === null) return resolve(out);
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const said = err.trim().split("\n").at(-1) ?? "";
      reject(
        missing
          ? new AwsError(`${instance}: there is no program aws`, "install AWS's command line, version 2")
          : new AwsError(`${instance}: ${said === "" ? error.message : said}`, "mend that, then up again"),
      );
    });
  });
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new AwsError(`${name} is not set`, "run this through InstanceHostKey");
  return value;
}
