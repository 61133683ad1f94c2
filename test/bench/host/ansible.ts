import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostPlan } from "../../../components/host/plan";
import { type CommandResult, run } from "../../../infra/cli/command";

/** What a run of a playbook counted for one host. */
export interface Recap {
  ok: number;
  changed: number;
  /** Tasks and handlers that changed something, or would have. */
  changedTasks: string[];
}

/** The playbook against one node. */
export interface Ansible {
  apply(environment?: Record<string, string>): Promise<Recap>;
  /** Asks the node, changes nothing. */
  check(environment?: Record<string, string>): Promise<Recap>;
  /** Ends the connection that ControlPersist keeps: what comes next begins as it does for a person who comes the next day. */
  disconnect(): Promise<void>;
  remove(): void;
}

const playbookFolder = join(__dirname, "..", "ansible");
/** One run took 107 s on an emulated guest (issue 6). Unit: s. */
const limitSeconds = 900;

/** Ansible with the plan that the node agent gets, and the same way to the node. What it keeps lies in a folder of its own. */
export function ansible(node: string, plan: HostPlan, sshConfig: string): Ansible {
  // Short: the path of a socket has 107 characters at most (unix(7)).
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const sockets = join(folder, "cp");
  mkdirSync(sockets);
  const inventory = join(folder, "inventory.json");
  writeFileSync(inventory, JSON.stringify(inventoryOf(node, plan, sshConfig)));
  const play = async (options: readonly string[], environment: Record<string, string> = {}) =>
    recap(
      node,
      await run("ansible-playbook", ["-i", inventory, ...options, "node.yml"], {
        folder: playbookFolder,
        seconds: limitSeconds,
        environment: {
          ...environment,
          ANSIBLE_CONFIG: join(playbookFolder, "ansible.cfg"),
          ANSIBLE_HOME: join(folder, "home"),
          ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
          LC_ALL: "C.UTF-8", // it refuses to start in another encoding
        },
      }),
    );
  const disconnect = async () => {
    for (const name of readdirSync(sockets))
      await run("ssh", ["-F", sshConfig, "-o", `ControlPath=${join(sockets, name)}`, "-O", "exit", node]);
  };
  return {
    apply: (environment) => play([], environment),
    check: (environment) => play(["--check", "--diff"], environment),
    disconnect,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** JSON is YAML, so a file for `-i`. */
export function inventoryOf(node: string, plan: HostPlan, sshConfig: string): unknown {
  const variables = { ansible_ssh_common_args: `-F ${sshConfig}`, plan };
  return { nodes: { hosts: { [node]: variables } } };
}

/** What a run counted; an error with the last lines where it failed. */
export function recap(node: string, done: CommandResult): Recap {
  const counted = new RegExp(`^${node}\\s*: ok=(\\d+)\\s+changed=(\\d+)\\s+unreachable=0\\s+failed=0\\s`, "m").exec(
    done.out,
  );
  if (done.code !== 0 || counted === null) {
    const last = `${done.out}\n${done.err}`.trim().split("\n").slice(-12).join("\n");
    throw new Error(`ansible-playbook ended with ${done.code}:\n${last}`);
  }
  return { ok: Number(counted[1]), changed: Number(counted[2]), changedTasks: changedTasks(done.out) };
}

/** The names of tasks and handlers with a line `changed: [HOST]`, as Ansible's default callback prints them. */
export function changedTasks(out: string): string[] {
  const found: string[] = [];
  let task = "";
  for (const line of out.split("\n")) {
    task = /^(?:TASK|RUNNING HANDLER) \[(.*)\] \*+$/.exec(line)?.[1] ?? task;
    if (line.startsWith("changed: [") && found.at(-1) !== task) found.push(task);
  }
  return found;
}
