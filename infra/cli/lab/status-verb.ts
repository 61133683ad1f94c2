import { loadFleet } from "../../../components/fleet/load";
import { askPods, podProblems, podTable } from "./pods";
import { agentCalls, lastExchanges, problems } from "./proof";
import { labSettings } from "./settings";
import { currentFleetFile } from "./stack";
import { askAll } from "./status";
import { labTable } from "./table";

/** `npm run lab:status`: what the lab's nodes are now. Exit code 1 where one is not what its fleet file says. */
export async function labStatus(options: { stack?: string; json?: boolean }): Promise<void> {
  const settings = labSettings(options.stack);
  const fleet = loadFleet(currentFleetFile(settings));
  const calls = agentCalls(settings, fleet);
  const answers = await askAll(calls);
  const pods = fleet.kubernetes === null ? [] : await askPods(settings, calls);
  const exchanges = lastExchanges(settings);
  const data = JSON.stringify({ nodes: answers, exchanges, pods }, null, 2);
  const tables = [labTable(answers, exchanges), ...(fleet.kubernetes === null ? [] : [podTable(pods)])];
  process.stdout.write(`${options.json === true ? data : tables.join("\n\n")}\n`);
  if ([...problems(answers, []), ...podProblems(pods, fleet)].length > 0) process.exitCode = 1;
}
