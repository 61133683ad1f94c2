import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { type CommandResult, run } from "../../infra/cli/command";
import { ensureEngine } from "../../tools/engine/engine";
import { ensureKubernetesPlugin } from "../../tools/engine/kubernetes-plugin";

const project = resolve(__dirname, "../..");
const policyPack = join(project, "policies");

/** A stack on the real engine, with a state of its own in a temporary folder; the policy pack judges it as it does everywhere. */
export interface TestStack {
  folder: string;
  /** Writes the fleet file of the stack. */
  setFleet(fleet: object): void;
  /** Sets the stack's configuration; the names without the project's. */
  configure(settings: Record<string, unknown>): void;
  /** Runs `pulumi VERB` on it. */
  pulumi(...args: string[]): Promise<CommandResult>;
  /** The same, and every line it prints is told as it comes. */
  pulumiTelling(onLine: (line: string) => void, ...args: string[]): Promise<CommandResult>;
  /** What a process of the test's own needs to run the engine on this stack. */
  engine: { program: string; environment: Record<string, string> };
  remove(): void;
}

/** Of the project's own program, or of another one that has the project's name; with Pulumi's Kubernetes provider where it asks for it. */
export async function makeStack(program = project, needs: { kubernetes?: boolean } = {}): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-engine-"));
  const cacheFolder = resolve(project, process.env.DPDK_FLEET_CACHE ?? ".cache");
  const found = await ensureEngine({ cacheFolder, log: () => undefined });
  if (needs.kubernetes === true)
    await ensureKubernetesPlugin({
      pulumi: found.pulumi,
      cacheFolder,
      home: found.environment.PULUMI_HOME,
      tryOfficial: found.how !== "built",
      log: (line) => process.stderr.write(`${line}\n`),
    });
  const fleetFile = join(folder, "test.fleet.yaml");
  const configFile = join(folder, "Pulumi.test.yaml");
  mkdirSync(join(folder, "state"));
  const environment = {
    ...found.environment,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_OPTION_CONFIG_FILE: configFile,
    PULUMI_OPTION_POLICY_PACK: policyPack,
  };
  const pulumiTelling = (onLine: (line: string) => void, ...args: string[]) =>
    run(found.pulumi, [...args, "--stack", "test", "--non-interactive", "--color", "never"], {
      environment,
      folder: program,
      seconds: 600, // of which most is waiting for a machine that others use too
      onLine,
    });
  const salt = await initialise(folder, found.pulumi, environment);
  const configure = (settings: Record<string, unknown>) => {
    const config = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`dpdk-fleet:${name}`, value]));
    writeFileSync(configFile, dump({ config, ...salt }));
  };
  configure({ fleetFile, cacheFolder: folder });
  return {
    folder,
    setFleet: (fleet) => writeFileSync(fleetFile, dump(fleet)),
    configure,
    pulumi: (...args) => pulumiTelling(() => undefined, ...args),
    pulumiTelling,
    engine: { program: found.pulumi, environment },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What the stack of an example is configured with, of ours alone; the names without the project's. */
export function settingsOf(example: string): Record<string, unknown> {
  const file = readFileSync(join(project, `stacks/Pulumi.${example}.yaml`), "utf8");
  const { config } = load(file) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => {
      const [space, setting = ""] = key.split(":");
      return space === "dpdk-fleet" ? [[setting, value]] : [];
    }),
  );
}

/** `stack init` writes its salt beside a project's configuration: in a project folder of its own, the repository stays as it is. */
async function initialise(folder: string, program: string, environment: Record<string, string>): Promise<object> {
  const init = join(folder, "init");
  mkdirSync(init);
  writeFileSync(join(init, "Pulumi.yaml"), "name: dpdk-fleet\nruntime: nodejs\n");
  const done = await run(program, ["-C", init, "stack", "init", "test", "--no-select", "--non-interactive"], {
    environment,
    seconds: 60,
  });
  if (done.code !== 0) throw new Error(`pulumi stack init ended with ${done.code}: ${done.err}`);
  return load(readFileSync(join(init, "Pulumi.test.yaml"), "utf8")) as object;
}
