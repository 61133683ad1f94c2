import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { poll } from "../lab/poll";
import { buildImage } from "./build";
import { BASES } from "./build-command";
import { CONFINED, podmanOf, type TrialPodman, writeConfiguration } from "./container.fixture";
import { buildSpec } from "./image";
import { startTrial, type Trial } from "./trial.fixture";

// The image of each base as podman pulls and runs it, with a store of this test's own. Needs root.
const PROGRAM = "/opt/pantheonchain/bin/pantheon-node";
const SECOND = 1e9; // in the nanoseconds of a health check
let trial: Trial;
let own: TrialPodman;
const podman = (...args: string[]): Promise<string> => own.podman(...args);

before(async () => {
  trial = await startTrial();
  own = podmanOf(trial);
});
after(async () => {
  await own?.remove();
  await trial?.remove();
});

for (const base of BASES)
  describe(`a container of ${base}`, () => {
    let reference: string;
    let version: string;

    before(async () => {
      const { source, recipe, cacheFolder, repository } = trial;
      const args = { source, recipe, cacheFolder, repository, plainHttp: true, pmds: ["net_null"], base };
      reference = `${repository}@${await buildImage(buildSpec(args), () => undefined)}`;
      await podman("pull", "--quiet", "--tls-verify=false", reference);
    });

    test("podman finds the health check and the user in its image", async () => {
      const [found] = JSON.parse(await podman("image", "inspect", reference));
      assert.deepEqual(found.Healthcheck, {
        Test: ["CMD", PROGRAM, "health"],
        Interval: 30 * SECOND,
        Timeout: 10 * SECOND,
        StartPeriod: 90 * SECOND,
        Retries: 3,
      });
      assert.equal(found.User, "65532:65532");
      version = found.Labels["org.pantheonchain.dpdk.version"];
    });

    test("where no node runs, the health check is 1", async () => {
      await assert.rejects(podman("run", "--rm", ...CONFINED, reference, "health"), { code: 1 });
    });

    test("a node without any right becomes healthy as the image's own user, with DPDK of the version that it says", async () => {
      const configuration = writeConfiguration(join(trial.folder, "configuration"));
      const mounts = [`--volume=${configuration}:/etc/pantheonchain:ro`, "--env=RUNTIME_DIRECTORY=/run/pantheonchain"];
      const command = ["--config", "/etc/pantheonchain/config.toml"];
      await podman("run", "--detach", `--name=${base}`, ...CONFINED, ...mounts, reference, ...command);
      const healthy = await poll({ limit: 60, every: 0.5 }, async () => (await health(base)) === 0);
      assert.ok(healthy, JSON.stringify((await inspected(base)).State));
      assert.equal(await podman("exec", base, PROGRAM, "health"), "healthy");
      assert.match(await podman("top", base, "huser", "capeff"), /^65532\s+none$/m);
      assert.equal(await dpdkVersion(await pidOf(base)), `DPDK ${version}`);
    });

    test("a node that is stuck is unhealthy, and ends with 0 when it is stopped", async () => {
      const pid = await pidOf(base);
      process.kill(pid, "SIGSTOP");
      assert.equal(await health(base), 1);
      process.kill(pid, "SIGCONT");
      assert.equal(await health(base), 0);
      await podman("stop", "--time=20", base);
      assert.equal((await inspected(base)).State.ExitCode, 0);
    });
  });

/** The exit code of the container's health check, as `podman healthcheck run` gives it. */
async function health(name: string): Promise<number> {
  try {
    await podman("healthcheck", "run", name);
    return 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

interface Inspected {
  /** With what the health check said the last times. */
  State: { Pid: number; ExitCode: number };
}

async function inspected(name: string): Promise<Inspected> {
  return JSON.parse(await podman("inspect", name))[0];
}

async function pidOf(name: string): Promise<number> {
  return (await inspected(name)).State.Pid;
}

/** What the running program says of itself over DPDK's telemetry socket. */
async function dpdkVersion(pid: number): Promise<string> {
  const script = join(__dirname, "../../native-image/smoke/telemetry.py");
  const socket = `/proc/${pid}/root/run/pantheonchain/dpdk/rte/dpdk_telemetry.v2`;
  return (await promisify(execFile)("python3", [script, socket, "/info", "version"])).stdout.trim();
}
