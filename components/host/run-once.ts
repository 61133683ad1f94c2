import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentArchive, agentArchive } from "./agent-archive";

const script = readFileSync(join(__dirname, "run-once.py"), "utf8");

/** What a shell of the node is given to run, and what it reads. */
export interface RunOnce {
  command: string;
  input: Uint8Array;
}

/**
 * Runs one verb of the node agent on a machine that need not have it: the agent is sent along, run from a temporary file of the
 * login and removed. `input` is what the verb itself reads.
 */
export function runOnce(
  verb: readonly string[],
  { sudo, input = "" }: { sudo: boolean; input?: string },
  agent: AgentArchive = agentArchive(),
): RunOnce {
  const bytes = readFileSync(agent.path);
  const words = ["python3", "-c", script, String(bytes.length), agent.sha256, ...(sudo ? ["--sudo"] : []), ...verb];
  return { command: words.map(quoted).join(" "), input: Buffer.concat([bytes, Buffer.from(input)]) };
}

/** A word that a shell reads as it stands. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
