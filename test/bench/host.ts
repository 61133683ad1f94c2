import { join } from "node:path";
import { loadFleet } from "../../components/fleet/load";
import { readEntry, writeEntry } from "../../components/host/journal";
import { type HostPlan, hostPlan } from "../../components/host/plan";
import { run } from "../../infra/cli/command";
import { type Engine, pulumiOrFail } from "../../infra/cli/lab/engine";
import { agentCalls } from "../../infra/cli/lab/proof";
import { type LabSettings, labSettings } from "../../infra/cli/lab/settings";
import { stackExists } from "../../infra/cli/lab/stack";
import type { AgentCall } from "../../infra/cli/lab/status";
import { labUp, setUp } from "../../infra/cli/lab/up";
import { type Say, step, toTerminal } from "../../infra/cli/progress";
import { routeTo } from "../../infra/ssh-address";
import { NEEDED_FOR_HOST_BENCH } from "../../tools/debian/needed";
import { ensurePackages } from "../../tools/debian/packages";
import { differences } from "../lab/snapshot";
import type { Figure } from "./figures";
import { type Ansible, ansible } from "./host/ansible";
import { type Peak, watched } from "./host/controller";
import { figuresOf, type Round } from "./host/figures";
import { check, converge, firstApplication, install, takeAway, type Way } from "./host/ours";
import { type Facts, factsOf } from "./host/prepared";
import { keepStart, type Start, undoKept } from "./host/start";

/** The node that both prepare. Entered directly and as root: neither side pays for a bastion or for sudo. */
const NODE = "alpha";

/** What the rounds need. */
interface Bench {
  settings: LabSettings;
  engine: Engine;
  way: Way;
  plan: HostPlan;
  playbook: Ansible;
  start: Start;
}

/**
 * The same node prepared by us and by a playbook, in turns, from the same start (test/bench/ansible/README.md). One round before the
 * others is not timed: it warms caches, measures memory, and shows that both sides see what somebody has changed by hand.
 */
export async function benchHost(rounds: number, say: Say = toTerminal): Promise<Figure[]> {
  const settings = labSettings();
  const { cacheFolder } = settings;
  await ensurePackages({ log: say, cacheFolder, needed: NEEDED_FOR_HOST_BENCH });
  await afterOneThatWasCutOff(settings, say);
  await labUp({}, say);
  const engine = await setUp(settings, say);
  const nodes = nodesOf(settings);
  const { way, plan } = nodes;
  const playbook = ansible(NODE, plan, way.sshConfig);
  try {
    await step(say, "no service runs, and nothing of the plan is applied", () => clear(nodes));
    const start = await keepStart(way.sshConfig, NODE, plan);
    const bench = { settings, engine, way, plan, playbook, start };
    const peaks = await step(say, "a round that is not timed", () => notTimed(bench));
    const timed: Round[] = [];
    for (let round = 1; round <= rounds; round += 1)
      timed.push(await step(say, `round ${round} of ${rounds}`, (inner) => oneRound(bench, round % 2 === 1, inner)));
    return figuresOf(timed, peaks);
  } catch (error) {
    say(`the benchmark failed: ${(error as Error).message}`); // what comes now may fail too
    throw error;
  } finally {
    await playbook.disconnect();
    playbook.remove();
    await step(say, "the lab as it was", () => giveBack(settings, nodes, say));
  }
}

/** What the first step finds: the node of the benchmark, and those that must be quiet meanwhile. */
interface Nodes {
  way: Way;
  plan: HostPlan;
  others: AgentCall[];
}

async function afterOneThatWasCutOff(settings: LabSettings, say: Say): Promise<void> {
  if (!stackExists(settings)) return;
  const { way, plan } = nodesOf(settings);
  if (!(await undoKept(way.sshConfig, NODE, plan))) return;
  say("a benchmark was cut off here: its traces are gone");
  await engineMayLook(settings, way);
}

async function clear({ way, others }: Nodes): Promise<void> {
  await stopServices([way, ...others]);
  await takeAway(way);
}

function nodesOf(settings: LabSettings): Nodes {
  const fleetFile = join(settings.projectFolder, "stacks", "lab.fleet.yaml");
  const fleet = loadFleet(fleetFile);
  const node = fleet.nodes.find(({ name }) => name === NODE);
  const calls = agentCalls(settings, fleet);
  const call = calls.find((one) => one.node === NODE);
  if (node === undefined || call === undefined) throw new Error(`${fleetFile} has no node ${NODE}`);
  // Its accounts, files and access stay: all of the plan but the unit itself, whose start is not preparation.
  const { service: _, ...plan } = hostPlan(fleet, NODE);
  const { host, port } = routeTo(fleet, node, settings).node;
  return { way: { ...call, server: { host, port } }, plan, others: calls.filter((one) => one !== call) };
}

/** A service that polls takes the cores from whatever is timed. */
async function stopServices(calls: readonly AgentCall[]): Promise<void> {
  for (const { node, sshConfig, sudo } of calls) {
    const command = `${sudo ? "sudo -n " : ""}systemctl stop pantheonchain-dpdk.service`;
    const done = await run("ssh", ["-F", sshConfig, node, command], { seconds: 120 });
    if (done.code !== 0) throw new Error(`the service of ${node} was not stopped: ${done.err}`);
  }
}

async function notTimed(bench: Bench): Promise<Record<"ssh" | "engine" | "ansible", Peak>> {
  const { way, plan, playbook, start } = bench;
  const ssh = await watched((environment) => firstApplication(way, plan, environment));
  const ours = await factsOf(way.sshConfig, NODE, plan);
  const engine = await watched((environment) => upWithNothingToDo(bench, environment));
  await mustSee("dpdk-fleet", ["sysctl", "nic-binding", "files"], bench, () => check(way));
  await takeAway(way);
  await start.mustBeAgain("uninstall");
  const other = await watched((environment) => playbook.apply(environment));
  mustBeSame(ours, await factsOf(way.sshConfig, NODE, plan));
  const tasks = ["Kernel settings now", "Virtual functions now and at every boot", "Files"];
  await mustSee("Ansible", tasks, bench, async () => (await playbook.check()).changedTasks);
  await start.undoPlaybook();
  await start.mustBeAgain("the playbook was undone");
  return { ssh, engine, ansible: other };
}

/** Both sides must leave the same node, or a comparison of their times says nothing. */
function mustBeSame(ours: Facts, theirs: Facts): void {
  const found = differences(ours, theirs);
  if (found.length > 0)
    throw new Error(`the two sides prepare different nodes (- ours, + Ansible):\n${found.join("\n")}`);
}

/** A check that does not see what was changed by hand would be quick for nothing. */
async function mustSee(side: string, expected: string[], bench: Bench, look: () => Promise<string[]>): Promise<void> {
  const before = await look();
  if (before.length > 0) throw new Error(`${side}: not as asked right after the application: ${before.join(", ")}`);
  await changeByHand(bench);
  const found = await look();
  const unseen = expected.filter((name) => !found.includes(name));
  if (unseen.length > 0) throw new Error(`${side} does not see what was changed by hand: ${unseen.join(", ")}`);
}

/** A kernel setting, the driver of a virtual function, and a file. */
async function changeByHand({ way, plan }: Bench): Promise<void> {
  const [file, nic] = [plan.files[0], plan.nics[0]];
  const commands = [
    "set -e",
    ...plan.sysctl.map(({ key, value }) => `sysctl -qw ${key}=${Number(value) - 1}`),
    `echo "$(basename "$(readlink /sys/bus/pci/devices/${nic?.pci}/virtfn1)")" > /sys/bus/pci/drivers/vfio-pci/unbind`,
    `echo '# by hand' >> ${file?.path}`,
  ];
  const done = await run("ssh", ["-F", way.sshConfig, NODE, "sh -s"], { input: commands.join("\n"), seconds: 60 });
  if (done.code !== 0) throw new Error(`nothing was changed by hand: ${done.err}`);
}

async function oneRound(bench: Bench, oursFirst: boolean, say: Say): Promise<Round> {
  const { way, plan, playbook, start } = bench;
  const ours = async () => {
    const first = await timed(say, "first application, dpdk-fleet", () => firstApplication(way, plan));
    const second = await timed(say, "second run, dpdk-fleet, asking the node", () => converge(way, plan));
    const up = await timed(say, "second run, pulumi up", () => upWithNothingToDo(bench));
    const drift = await timed(say, "drift check, dpdk-fleet", async () => nothing("check", await check(way)));
    await takeAway(way);
    await start.mustBeAgain("uninstall");
    return { first, second, up, drift };
  };
  const theirs = async () => {
    const [first, second, drift] = [
      await cold(playbook, () => timed(say, "first application, Ansible", () => playbook.apply())),
      await cold(playbook, () =>
        timed(say, "second run, Ansible", async () => nothing("the second run", (await playbook.apply()).changedTasks)),
      ),
      await cold(playbook, () =>
        timed(say, "drift check, Ansible", async () => nothing("--check", (await playbook.check()).changedTasks)),
      ),
    ];
    await start.undoPlaybook();
    await start.mustBeAgain("the playbook was undone");
    return { first, second, drift };
  };
  if (oursFirst) return { ours: await ours(), ansible: await theirs() };
  const ansibles = await theirs();
  return { ours: await ours(), ansible: ansibles };
}

async function cold<T>(playbook: Ansible, work: () => Promise<T>): Promise<T> {
  await playbook.disconnect();
  return work();
}

/** What was to find nothing and found something has not done what it is timed for. */
function nothing(what: string, found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${what} found work on a node that is as asked: ${found.join(", ")}`);
}

async function timed(say: Say, what: string, work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  say(`${what}: ${seconds.toFixed(1)} s`);
  return seconds;
}

/** The engine compares the fleet file with its state; it asks no node. */
async function upWithNothingToDo(bench: Bench, environment: Record<string, string> = {}): Promise<void> {
  const { settings, engine } = bench;
  const watchedEngine = { ...engine, environment: { ...engine.environment, ...environment } };
  const out = await pulumiOrFail(settings, watchedEngine, ["up", "--yes", "--skip-preview", "--stack", settings.stack]);
  if (/^\s+[+~-]+ ?\d+ /m.test(out) || !/\d+ unchanged/.test(out))
    throw new Error(`pulumi up had something to do, which would change what is compared:\n${out.slice(-600)}`);
}

async function giveBack(settings: LabSettings, { way, plan }: Nodes, say: Say): Promise<void> {
  await takeAway(way);
  await undoKept(way.sshConfig, NODE, plan);
  await engineMayLook(settings, way);
  await labUp({}, say);
}

/** The agent is what the engine believes to be there; an open entry of the journal makes the next `up` look at the node. */
async function engineMayLook(settings: LabSettings, way: Way): Promise<void> {
  await install(way);
  const file = join(settings.cacheFolder, "journal", settings.stack, `${NODE}.json`);
  writeEntry(file, { ...readEntry(file), open: true });
}
