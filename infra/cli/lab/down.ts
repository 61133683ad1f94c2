import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../../../tools/engine/engine";
import { CommandLineError } from "../errors";
import { type Say, step } from "../progress";
import { pulumi } from "./engine";
import { backendEnvironment, labSettings } from "./settings";
import { prepareStack, stackExists } from "./stack";
import { isProgress } from "./up";

/** `npm run lab:down`: stops the machines, removes their disks and keys. What was built stays, so the next start is quick. */
export async function labDown(options: { stack?: string }, say: Say): Promise<void> {
  const settings = labSettings(options.stack);
  if (!stackExists(settings)) {
    say("the lab is not up: nothing to take away");
    return;
  }
  const found = await ensureEngine({ cacheFolder: settings.cacheFolder, log: say });
  const environment = { ...found.environment, ...backendEnvironment(settings) };
  const engine = { pulumi: found.pulumi, environment, isBuilt: found.how === "built" };
  await prepareStack(settings, engine, { "dpdk-fleet:cacheFolder": settings.cacheFolder }, say);
  await step(say, `pulumi destroy of stack ${settings.stack}`, async (inner) => {
    const args = ["destroy", "--yes", "--skip-preview", "--stack", settings.stack];
    const done = await pulumi(settings, engine, args, (line) => isProgress(line) && inner(line.trim()));
    if (done.code !== 0) {
      throw new CommandLineError(
        `\`pulumi destroy\` of stack ${settings.stack} ended with ${done.code}`,
        `its reason stands above; run \`${settings.commands.down}\` again when it is mended`,
      );
    }
  });
  for (const file of ["ssh_config", "known_hosts", "exchanges.json"])
    rmSync(join(settings.labFolder, file), { force: true });
  say("the lab is down");
}
