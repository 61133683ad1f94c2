import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { labSettings } from "../../infra/cli/lab/settings";
import { type Figure, seconds } from "./figures";

/** Work such as the agent does, JSON and patterns, without a file or a process: what it takes says how fast a machine's Python is. */
const PYTHON_WORK = `import json, re, time
start = time.process_time()
for _ in range(30):
    json.loads(json.dumps({str(k): [k, "x" * 20] for k in range(400)}))
    re.findall(r"(\\w+)=(\\S+)", "a=b c=d " * 400)
print(time.process_time() - start)
`;

/**
 * The agent's check of all stages, on the node itself, without SSH: how long it takes, and how much CPU time. A guest is emulated, so its
 * CPU time is told a second time, divided by how much slower its Python is than this machine's, measured in between.
 */
export function checkFigures(times: number): Figure[] {
  const runs = Array.from({ length: times }, () => {
    const check = checkOnNode();
    return { ...check, native: check.cpu / (pythonOnNode() / pythonHere()) };
  });
  const of = (name: keyof (typeof runs)[number]) => runs.map((run) => run[name]);
  return [
    seconds("agent's check of a node, idle guest", of("elapsed"), 2),
    seconds("the same: CPU time in the emulated guest", of("cpu"), null),
    seconds("the same: CPU time on a machine as fast as this one", of("native"), 1),
  ];
}

function checkOnNode(): { elapsed: number; cpu: number } {
  const { stderr } = onNode(`bash -c 'TIMEFORMAT="%R %U %S"; time dpdk-node-agent check >/dev/null'`);
  const [elapsed, user, system] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (elapsed === undefined || user === undefined || system === undefined || Number.isNaN(elapsed + user + system))
    throw new Error(`check on alpha was not timed: ${stderr}`);
  return { elapsed, cpu: user + system };
}

function pythonOnNode(): number {
  return Number(onNode("python3 -", PYTHON_WORK).stdout);
}

function pythonHere(): number {
  return Number(spawnSync("python3", ["-"], { input: PYTHON_WORK, encoding: "utf8" }).stdout);
}

function onNode(command: string, input?: string): { stdout: string; stderr: string } {
  const config = join(labSettings().cacheFolder, "lab", "ssh_config");
  if (!existsSync(config)) throw new Error(`${config} is not there; run npm start`);
  const done = spawnSync("ssh", ["-F", config, "alpha", command], { encoding: "utf8", ...(input ? { input } : {}) });
  if (done.status !== 0) throw new Error(`on alpha, ${command} ended with ${done.status}: ${done.stderr}`);
  return done;
}
