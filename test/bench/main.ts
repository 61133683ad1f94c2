import { labSettings } from "../../infra/cli/lab/settings";
import { table, write } from "./figures";
import { benchLab } from "./lab";

// npm run bench -- NAME [--cold]: a table for people and benchmarks/NAME.json.
const [name, ...flags] = process.argv.slice(2);
if (name !== "lab" || flags.some((flag) => flag !== "--cold")) {
  process.stderr.write("usage: npm run bench -- lab [--cold]\n");
  process.exit(2);
}
const figures = benchLab(flags.includes("--cold"));
process.stdout.write(`${table(figures)}\n`);
process.stderr.write(`written: ${write(labSettings().projectFolder, name, figures)}\n`);
