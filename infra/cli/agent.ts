import { decide, defaultRetryLimits } from "../../components/host/retry";
import { runOnce } from "../../components/host/run-once";
import { run } from "./command";
import { CommandLineError } from "./errors";
import { type AgentCall, agentCommand } from "./lab/status";

/** What a node's agent answered. */
export interface AgentAnswer {
  code: number;
  out: string;
  /** Its last line on standard error, or what became of the connection; empty where there is nothing to say. */
  said: string;
}

/** An emulated guest that polls took 20 s for the slowest of these verbs. */
const answerSeconds = 180;

/** Asks one verb that changes nothing, with the agent of this checkout, on a machine that need not have it. */
export async function ask(call: AgentCall, verb: readonly string[], input = ""): Promise<AgentAnswer> {
  const { command, input: bytes } = runOnce(verb, { sudo: call.sudo, input });
  return connect(call, ["-F", call.sshConfig, "-T", call.node, command], bytes);
}

/** The same, where only an answer with exit code 0 will do. */
export async function askOrFail(call: AgentCall, verb: readonly string[], input = ""): Promise<string> {
  const done = await ask(call, verb, input);
  if (done.code !== 0) throw new CommandLineError(`${call.node}: ${done.said}`, "nothing was changed");
  return done.out;
}

/** Runs a verb of the agent that is installed on the node; for what changes it. */
export function tell(call: AgentCall, verb: readonly string[]): Promise<AgentAnswer> {
  return connect(call, agentCommand(call, verb), "");
}

async function connect(call: AgentCall, words: readonly string[], input: string | Uint8Array): Promise<AgentAnswer> {
  const done = await run("ssh", words, { seconds: answerSeconds, input });
  return { code: done.code, out: done.out, said: done.code === 0 ? "" : explain(call, done.code, done.err) };
}

/** One line for a person; what a connection failed of is known elsewhere too. */
function explain(call: AgentCall, code: number, err: string): string {
  const last = err.trim().split("\n").at(-1) ?? "";
  if (code === 124) return `no answer within ${answerSeconds} s`;
  if (code === 127 && /python3/.test(last)) return `${last}; install python3, 3.8 or newer`;
  if (/sudo: a password is required/.test(last)) {
    return `${last}; allow ${call.node}'s login sudo without a password (docs/security.md), or run up, which installs this agent`;
  }
  if (code !== 255) return last === "" ? `ended with ${code}` : last.replace(/^dpdk-node-agent: /, "");
  const { why } = decide(err, { count: 1, elapsedSeconds: 0 }, defaultRetryLimits);
  return why === "" || why === "waits for SSH" ? last : `${last}; ${why}`;
}
