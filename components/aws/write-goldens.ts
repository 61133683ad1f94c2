import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnaFleet } from "./ena-fleet";
import { mainnet, mixed, oneVirtual } from "./fleet.fixture";
import { linesOf, madeBy } from "./made.fixture";

// Writes golden/*.jsonl anew; look at what git says has changed. Run: npx tsx components/aws/write-goldens.ts
async function main(): Promise<void> {
  for (const [name, args] of Object.entries({ "solo-lab": oneVirtual(), mainnet: mainnet(), mixed: mixed() })) {
    const { made } = await madeBy(() => new EnaFleet(name, args));
    writeFileSync(join(__dirname, `golden/${name}.jsonl`), linesOf(made));
  }
}

void main();
