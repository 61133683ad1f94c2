import { resolve } from "node:path";
import { loadFleet } from "../../../components/fleet/load";
import type { Firmware } from "../../../components/lab/firmware";
import { NEEDED, NEEDED_FOR_UEFI } from "../../../tools/debian/needed";
import { ensurePackages } from "../../../tools/debian/packages";
import { ensureEngine } from "../../../tools/engine/engine";
import { ensureLabDisk } from "../../../tools/lab-disk/disk";
import { CommandLineError } from "../errors";
import { elapsed, type Say, step } from "../progress";
import { noteDrift } from "./drift";
import { type Engine, pulumi } from "./engine";
import { setUpKubernetes } from "./kubernetes";
import { ensureOperatorKey } from "./operator-key";
import { proveLab } from "./proof";
import { backendEnvironment, type LabSettings, labSettings, makeFolders, writeShellEnvironment } from "./settings";
import { committedFleetFile, prepareStack, stackExists } from "./stack";

/** `npm start`: sets up whatever is missing, brings the lab up and proves it. Can be interrupted and run again at any point. */
export async function labUp(options: { stack?: string; fleet?: string }, say: Say): Promise<void> {
  const start = Date.now();
  const settings = labSettings(options.stack);
  const fleetFile = resolve(options.fleet ?? committedFleetFile(settings));
  const fleet = loadFleet(fleetFile); // A mistake in it is told before anything is installed or built.
  const firmwares = new Set(fleet.machines.map((machine) => machine.firmware));
  const engine = await setUp(settings, say, [...firmwares]);
  const programs = fleet.kubernetes === null ? {} : await setUpKubernetes(settings, engine, fleet.kubernetes, say);
  const existed = stackExists(settings);
  const changes = stackChanges(settings, options.fleet === undefined ? undefined : fleetFile);
  await prepareStack(settings, engine, { ...changes, ...programs }, say);
  if (existed) await step(say, "asking the nodes that are there", (inner) => noteDrift(settings, fleet, inner));
  await step(say, `pulumi up of stack ${settings.stack}`, (inner) => bringUp(settings, engine, inner));
  await proveLab(settings, fleet, say);
  say(`the lab is up after ${elapsed(start)}; take it away with: ${settings.commands.down}`);
}

/** All that a machine needs before `pulumi up -s lab` works on it. `firmwares`: those of the lab's machines. */
export async function setUp(
  settings: LabSettings,
  say: Say,
  firmwares: readonly Firmware[] = ["bios"],
): Promise<Engine> {
  const { cacheFolder } = settings;
  const needed = firmwares.includes("uefi") ? [...NEEDED, ...NEEDED_FOR_UEFI] : NEEDED;
  await step(say, "Debian packages of this machine", (inner) => ensurePackages({ log: inner, cacheFolder, needed }));
  makeFolders(settings);
  await ensureOperatorKey(settings);
  // The engine keeps the cores busy, the disk the network: side by side they take little more than the longer of the two.
  const [engine] = await Promise.all([
    step(say, "Pulumi engine", (inner) => ensureEngine({ cacheFolder, log: inner })),
    step(say, "lab disk", async (inner) => {
      for (const firmware of firmwares) await ensureLabDisk({ cacheFolder, firmware, log: inner });
    }),
  ]);
  const environment = { ...engine.environment, ...backendEnvironment(settings) };
  const file = writeShellEnvironment(settings, environment);
  say(`engine: ${engine.how} (${engine.why}); by hand: . ${file} && pulumi up -s ${settings.stack}`);
  return { pulumi: engine.pulumi, environment, isBuilt: engine.how === "built" };
}

export function stackChanges(settings: LabSettings, fleetFile: string | undefined): Record<string, string> {
  return {
    "dpdk-fleet:cacheFolder": settings.cacheFolder,
    ...(fleetFile === undefined ? {} : { "dpdk-fleet:fleetFile": fleetFile }),
  };
}

async function bringUp(settings: LabSettings, engine: Engine, say: Say): Promise<void> {
  const done = await pulumi(settings, engine, ["up", "--yes", "--skip-preview", "--stack", settings.stack], (line) => {
    if (isProgress(line)) say(line.trim());
  });
  if (done.code !== 0) {
    throw new CommandLineError(
      `\`pulumi up\` of stack ${settings.stack} ended with ${done.code}`,
      `its reason stands above; run \`${settings.commands.up}\` again when it is mended`,
    );
  }
}

/** The engine marks time with lines of dots; a person wants the others. */
export function isProgress(line: string): boolean {
  return line.trim() !== "" && !/^@ (updating|previewing|destroying)/.test(line.trim());
}
