import { spawn } from "node:child_process";
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
  /** Begins `lab up`: `begun` when a line like this is printed (fails where none is), `done` when it ends. */
  upBegun(line: RegExp, change?: FleetChange): { begun: Promise<void>; done: Promise<CommandResult> };
  /** Begins `lab up` and kills it, the engine included, as soon as a line like this is printed. Fails where none is. */
  upKilledAt(line: RegExp, change?: FleetChange): Promise<void>;
  /** Runs `lab down`. */
  down(): Promise<CommandResult>;
  /** Runs `pulumi ARGUMENTS` on the lab's stack. */
  pulumi(...args: string[]): Promise<CommandResult>;
  /** What each node is now; a node that does not answer fails the test. */
  status(): Promise<Record<string, NodeStatus>>;
  /** What `lab status --json` answers: the nodes, and the pods of a cluster. */
  statusData(): Promise<object>;
  /** Runs a command on a node, whether or not it is one now; answers what it printed. Default limit: 90 s. */
  ssh(node: string, command: string, seconds?: number): Promise<string>;
  /** The ssh configuration with every node of the committed fleet file. */
  sshConfig(): string;
}

const tell = (line: string) => process.stderr.write(`    ${line}\n`);

export function theLab(stack = "lab"): Lab {
  const settings = labSettings(stack);
  const committed = join(settings.projectFolder, "stacks", `${stack}.fleet.yaml`);
  mkdirSync(settings.labFolder, { recursive: true });
  const fleetFile = join(settings.labFolder, "test.fleet.yaml");
  const ofStack = ["--stack", stack];
  const tsx = join(settings.projectFolder, "node_modules", ".bin", "tsx");
  const cliWatched = (look: (line: string) => void, ...args: string[]) =>
    run(tsx, ["infra/cli/main.ts", ...args], {
      folder: settings.projectFolder,
      seconds: 1500,
      onLine: (line) => {
        tell(line);
        look(line);
      },
    });
  const quietly = (...args: string[]) =>
    run(tsx, ["infra/cli/main.ts", ...args], { folder: settings.projectFolder, seconds: 120 });
  const cli = (...args: string[]) => cliWatched(() => {}, ...args);
  const write = (change: FleetChange | undefined) => {
    const fleet = load(readFileSync(committed, "utf8")) as FleetYaml;
    change?.(fleet);
    writeFileSync(fleetFile, dump(fleet, { noRefs: true }));
  };
  const sshConfig = () => writeSshConfig(settings, loadFleet(committed));
  return {
    settings,
    fleetFile,
    up: (change) => {
      write(change);
      return cli("lab", "up", ...ofStack, "--fleet", fleetFile);
    },
    upBegun: (line, change) => {
      write(change);
      let begin = () => {};
      const printed = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const done = cliWatched((text) => line.test(text) && begin(), "lab", "up", ...ofStack, "--fleet", fleetFile);
      const ended = done.then((result) => {
        if (!line.test(`${result.out}\n${result.err}`)) throw new Error(`it ended with ${result.code} before ${line}`);
      });
      return { begun: Promise.race([printed, ended]), done };
    },
    upKilledAt: (line, change) => {
      write(change);
      return killedAt(
        line,
        tsx,
        ["infra/cli/main.ts", "lab", "up", ...ofStack, "--fleet", fleetFile],
        settings.projectFolder,
      );
    },
    down: () => cli("lab", "down", ...ofStack),
    pulumi: (...args) => cli("pulumi", ...args, "--stack", settings.stack, "--non-interactive", "--color", "never"),
    status: async () => {
      const answers = await askAll(agentCalls(settings, loadFleet(fleetFile)));
      return Object.fromEntries(
        answers.map((answer) => {
          if ("error" in answer) throw new Error(`${answer.node} does not answer: ${answer.error}`);
          return [answer.node, answer.status];
        }),
      );
    },
    statusData: async () => JSON.parse((await quietly("lab", "status", ...ofStack, "--json")).out) as object,
    ssh: async (node, command, seconds = 90) => {
      const done = await run("ssh", ["-F", sshConfig(), node, command], { seconds });
      if (done.code !== 0) throw new Error(`\`${command}\` on ${node} ended with ${done.code}: ${done.err}`);
      return done.out;
    },
    sshConfig,
  };
}

/** In a process group of its own, so that one signal ends the command line and its engine, and nothing else. */
function killedAt(line: RegExp, program: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let killed = false;
    const look = (text: string) => {
      for (const one of text.trimEnd().split("\n")) tell(one);
      if (killed || !line.test(text) || child.pid === undefined) return;
      killed = true;
      process.kill(-child.pid, "SIGKILL");
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    child.once("error", reject);
    child.once("exit", (code) => (killed ? resolve() : reject(new Error(`it ended with ${code} before ${line}`))));
  });
}
