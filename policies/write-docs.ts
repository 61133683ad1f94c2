import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { profileSettings, rulesTables, withTables } from "./docs";
import { profiles } from "./rule";
import { rules } from "./rules";

// `npm run policies:docs`: the rules are the source, the README's tables and the profiles are for people and for the engine.
const readme = join(__dirname, "README.md");
writeFileSync(readme, withTables(readFileSync(readme, "utf8"), rulesTables(rules)));
for (const profile of profiles) {
  const file = join(__dirname, "profiles", `${profile}.json`);
  writeFileSync(file, `${JSON.stringify(profileSettings(rules, profile), null, 2)}\n`);
}
