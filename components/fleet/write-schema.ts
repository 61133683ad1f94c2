import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fleetJsonSchema, hostPlanJsonSchema } from "./json-schema";

// `npm run schema`: the definitions in TypeScript are the source, these files are for editors and for other languages.
const files = { "fleet.schema.json": fleetJsonSchema(), "../host/plan.schema.json": hostPlanJsonSchema() };
for (const [file, schema] of Object.entries(files)) {
  writeFileSync(join(__dirname, file), `${JSON.stringify(schema, null, 2)}\n`);
}
