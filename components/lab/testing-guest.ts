import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { poll } from "./poll";

const run = promisify(execFile);

/** Runs a command in a guest that this ssh_config knows, and answers what it printed. `limit` in seconds. */
export async function sshTo(config: string, name: string, command: string, limit = 90): Promise<string> {
  const { stdout } = await run("ssh", ["-F", config, name, command], { timeout: limit * 1000 });
  return stdout;
}

/** Reboots the guest and waits until another boot answers. `limit` in seconds. */
export async function rebootGuest(
  config: string,
  name: string,
  log: (line: string) => void,
  limit = 300,
): Promise<void> {
  const bootId = (): Promise<string> => sshTo(config, name, "cat /proc/sys/kernel/random/boot_id");
  const before = await bootId();
  const start = Date.now();
  await sshTo(config, name, "systemctl reboot").catch(() => undefined); // The connection may end with the reboot.
  const back = await poll({ limit, every: 1 }, () =>
    bootId().then(
      (now) => now !== before,
      () => false,
    ),
  );
  if (!back) throw new Error(`${name} did not come back from its reboot`);
  log(`${name}: back after ${Math.round((Date.now() - start) / 1000)} s`);
}
