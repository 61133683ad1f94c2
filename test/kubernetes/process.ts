import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { poll } from "../../components/lab/poll";

/** A program of a test, beside the control plane. */
export interface Running {
  /** All that it has printed. */
  said(): string;
  stop(): Promise<void>;
}

/** Starts a program and waits until it is well. It ends with the test's process at the latest, however that ends (prctl(2), PR_SET_PDEATHSIG). */
export async function startProcess(
  program: string,
  args: readonly string[],
  how: {
    log: string;
    environment: Record<string, string>;
    limit: number;
    isWell: () => Promise<boolean>;
    folder?: string;
  },
): Promise<Running> {
  const output = openSync(how.log, "a");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
    env: { ...process.env, ...how.environment },
    cwd: how.folder,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once("close", resolve);
    child.once("error", () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const said = () => readFileSync(how.log, "utf8");
  const stop = async () => {
    child.kill("SIGTERM");
    if (!(await poll({ limit: 10, every: 0.1 }, hasEnded))) child.kill("SIGKILL");
    await ended;
  };
  const isWell = await poll({ limit: how.limit, every: 0.2 }, async () => hasEnded() || (await how.isWell()));
  if (isWell && !hasEnded()) return { said, stop };
  await stop();
  throw new Error(`${program} ${hasEnded() ? "ended" : `was not well within ${how.limit} s`}: ${said().slice(-2000)}`);
}
