import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { poll } from "../lab/poll";
import { type RegistrySpec, registryOff, registryOn } from "../lab/registry-power";
import { runningRecord, wantedIncarnation } from "../lab/state";
import { BASES } from "./build-command";
import { forgetPushed, pushedFile } from "./pushed";

/** A registry of a test's own and a copy of the program's source that a test may change. */
export interface Trial {
  folder: string;
  cacheFolder: string;
  source: string;
  recipe: string;
  /** `127.0.0.1:PORT/pantheon-node` */
  repository: string;
  /** `http://127.0.0.1:PORT/v2/pantheon-node` */
  url: string;
  /** Ends the registry, as a computer that goes down would: what it holds stays. */
  registryGone(): Promise<void>;
  registryBack(): Promise<void>;
  remove(): Promise<void>;
}

const project = resolve(__dirname, "../..");
const quiet = (): void => undefined;

/** The build tree of the project's cache is used: making it takes a minute the first time. */
export async function startTrial(): Promise<Trial> {
  const cacheFolder = resolve(project, process.env.DPDK_FLEET_CACHE ?? ".cache");
  mkdirSync(join(cacheFolder, "image"), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "image", "trial-"));
  const program = join(project, "native-image");
  const source = join(folder, "source");
  cpSync(program, source, { recursive: true, filter: (path) => path !== join(program, "image") });
  const spec = await registrySpec(folder);
  await registryOn(spec, quiet);
  const repository = `127.0.0.1:${spec.port}/pantheon-node`;
  return {
    folder,
    cacheFolder,
    source,
    recipe: join(project, "native-image", "image"),
    repository,
    url: `http://127.0.0.1:${spec.port}/v2/pantheon-node`,
    registryGone: async () => {
      process.kill(runningRecord(spec.folder)?.pid as number, "SIGKILL");
      await poll({ limit: 10, every: 0.1 }, () => runningRecord(spec.folder) === null);
    },
    registryBack: () => registryOn({ ...spec, incarnation: wantedIncarnation(spec.folder) }, quiet),
    remove: async () => {
      await registryOff(spec, quiet);
      for (const base of BASES) forgetPushed(pushedFile({ cacheFolder, repository, base }));
      rmSync(folder, { recursive: true });
    },
  };
}

async function registrySpec(folder: string): Promise<RegistrySpec> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  const lab = join(folder, "guests");
  return { folder: join(folder, "registry"), lab, portBase: 22000, port, incarnation: 1, limit: 30 };
}
