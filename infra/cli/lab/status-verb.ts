import { agentCalls, lastExchanges, problems } from "./proof";
import { labSettings } from "./settings";
import { currentFleetFile } from "./stack";
import { askAll } from "./status";
import { labTable } from "./table";

/** `npm run lab:status`: what the lab's nodes are now. Exit code 1 where one is not what its fleet file says. */
export async function labStatus(options: { json?: boolean }): Promise<void> {
  const settings = labSettings();
  const answers = await askAll(agentCalls(settings, currentFleetFile(settings)));
  const exchanges = lastExchanges(settings);
  const data = JSON.stringify({ nodes: answers, exchanges }, null, 2);
  process.stdout.write(`${options.json === true ? data : labTable(answers, exchanges)}\n`);
  if (problems(answers, []).length > 0) process.exitCode = 1;
}
