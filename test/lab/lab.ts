import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { loadFleet } from "../../components/fleet/load";
import { type CommandResult, run } from "../../infra/cli/command";
import { agentCalls } from "../../infra/cli/lab/proof";
import { type LabSettings, labSettings } from "../../infra/cli/lab/settings";
import { writeSshConfig } from "../../infra/cli/lab/ssh-config";
import { askAll, type NodeStatus } from "../../infra/cli/lab/status";

/** What a test changes in the lab's fleet file, which it gets as plain YAML values. */
export type FleetChange = (fleet: FleetYaml) => void;

export interface FleetYaml {
  nodes: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

/** The lab as a test drives it: by the command line that people use, with fleet files of the test's own. */
export interface Lab {
  settings: LabSettings;
  fleetFile: string;
  /** Runs `lab up` with the committed fleet file and this change to it. */
  up(change?: FleetChange): Promise<CommandResult>;
  /** Runs `lab down`. */
  down(): Promise<CommandResult>;
  /** Runs `pulumi ARGUMENTS` on the lab's stack. */
  pulumi(...args: string[]): Promise<CommandResult>;
  /** What each node is now; a node that does not answer fails the test. */
  status(): Promise<Record<string, NodeStatus>>;
  /** The ssh configuration with every node of the committed fleet file, whether or not it is one now. */
  sshConfig(): string;
}

export function theLab(): Lab {
  const settings = labSettings();
  const committed = join(settings.projectFolder, "stacks", "lab.fleet.yaml");
  const folder = join(settings.cacheFolder, "lab");
  mkdirSync(folder, { recursive: true });
  const fleetFile = join(folder, "test.fleet.yaml");
  const tsx = join(settings.projectFolder, "node_modules", ".bin", "tsx");
  const cli = (...args: string[]) =>
    run(tsx, ["infra/cli/main.ts", ...args], {
      folder: settings.projectFolder,
      seconds: 1500,
      onLine: (line) => process.stderr.write(`    ${line}\n`),
    });
  return {
    settings,
    fleetFile,
    up: (change) => {
      const fleet = load(readFileSync(committed, "utf8")) as FleetYaml;
      change?.(fleet);
      writeFileSync(fleetFile, dump(fleet, { noRefs: true }));
      return cli("lab", "up", "--fleet", fleetFile);
    },
    down: () => cli("lab", "down"),
    pulumi: (...args) => cli("pulumi", ...args, "--stack", settings.stack, "--non-interactive", "--color", "never"),
    status: async () => {
      const answers = await askAll(agentCalls(settings, fleetFile));
      return Object.fromEntries(
        answers.map((answer) => {
          if ("error" in answer) throw new Error(`${answer.node} does not answer: ${answer.error}`);
          return [answer.node, answer.status];
        }),
      );
    },
    sshConfig: () => writeSshConfig(settings, loadFleet(committed)),
  };
}
