import { setTimeout as sleep } from "node:timers/promises";
import { agentArchive } from "../../../components/host/agent-archive";
import type { HostPlan } from "../../../components/host/plan";
import { planText } from "../../../components/host/plan-text";
import { decide, defaultRetryLimits } from "../../../components/host/retry";
import { type SshServer, untilSshGreets } from "../../../components/host/ssh-banner";
import { type CommandResult, run } from "../../../infra/cli/command";
import { type AgentCall, agentCommand } from "../../../infra/cli/lab/status";

/** The connection to the node, and its server as the engine's hook waits for it. */
export interface Way extends AgentCall {
  server: SshServer;
}

type Environment = Record<string, string>;

/** Longer than any of them takes on an emulated guest. Unit: s. */
const limitSeconds = 600;

/** What the resources of one node do, in their order and each over a connection of its own: upload, enrol, converge. */
export async function firstApplication(way: Way, plan: HostPlan, environment: Environment = {}): Promise<void> {
  await install(way, environment);
  await converge(way, plan, environment);
}

/** The agent in its place, and nothing else done. */
export async function install(way: Way, environment: Environment = {}): Promise<void> {
  const { path, sha256 } = agentArchive();
  const name = `.dpdk-node-agent-${sha256.slice(0, 12)}.pyz`;
  const target = `${way.node}:${name}`;
  succeeded(await run("scp", ["-q", "-F", way.sshConfig, path, target], { environment, seconds: limitSeconds }));
  succeeded(await ssh(way, `python3 ./${name} install --sha256 ${sha256}`, environment));
}

/** Converge as the engine calls it, again where the agent asks for a new connection. Answers how often. */
export async function converge(way: Way, plan: HostPlan, environment: Environment = {}): Promise<number> {
  const start = Date.now();
  for (let count = 1; ; count += 1) {
    const done = await agent(way, ["converge"], environment, planText(plan));
    if (done.code === 0) return count;
    const decision = decide(done.err, { count, elapsedSeconds: (Date.now() - start) / 1000 }, defaultRetryLimits);
    if (!decision.retry) throw new Error(`converge ended with ${done.code}: ${done.err}`);
    await sleep(decision.afterSeconds * 1000);
    await untilSshGreets(way.server, limitSeconds);
  }
}

/** Every stage against the node as it is now. Answers the stages that are not as asked. */
export async function check(way: Way, environment: Environment = {}): Promise<string[]> {
  const done = await agent(way, ["check", "--json"], environment);
  if (done.code !== 0 && done.code !== 1) throw new Error(`check ended with ${done.code}: ${done.err}`);
  return wrongStages(done.out);
}

export function wrongStages(out: string): string[] {
  const lines = out.split("\n").filter((line) => line !== "");
  if (lines.length === 0) throw new Error("check answered nothing");
  return lines
    .map((line) => JSON.parse(line) as { stage: string; state: string })
    .filter(({ state }) => state !== "ok" && state !== "unverifiable")
    .map(({ stage }) => stage);
}

/** What the delete of `enrol` does. */
export async function takeAway(way: Way): Promise<void> {
  const link = "/usr/local/sbin/dpdk-node-agent";
  const command = `if [ -x ${link} ]; then ${link} uninstall --within 240; fi && rm -f ./.dpdk-node-agent-*.pyz`;
  succeeded(await ssh(way, command, {}));
}

function agent(way: Way, verb: readonly string[], environment: Environment, input = ""): Promise<CommandResult> {
  return run("ssh", agentCommand(way, verb), { environment, input, seconds: limitSeconds });
}

function ssh(way: Way, command: string, environment: Environment): Promise<CommandResult> {
  return run("ssh", ["-F", way.sshConfig, "-T", way.node, command], { environment, seconds: limitSeconds });
}

function succeeded(done: CommandResult): void {
  if (done.code !== 0) throw new Error(`it ended with ${done.code}: ${done.err.trim() || done.out.trim()}`);
}
