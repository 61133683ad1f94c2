import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * A hash of all files that an image is made from: the program's folder and the folder with the build's scripts. Texts for
 * people, tests of the scripts and what people have compiled there themselves (`build*`) do not count, nor do dates and modes.
 */
export function inputsHash(source: string, recipe: string): string {
  const hash = createHash("sha256");
  const files = filesBelow(source).filter((file) => counts(relative(source, file)));
  for (const file of files)
    hash
      .update(`source ${relative(source, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  const scripts = filesBelow(recipe).filter((file) => !/\.(ts|md)$/.test(file));
  for (const file of scripts)
    hash
      .update(`recipe ${relative(recipe, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

/** Whether a file of the program's folder, by its path there, goes into the image's build. */
function counts(path: string): boolean {
  const top = path.split(sep)[0] as string;
  return !top.startsWith(".") && !top.startsWith("build") && top !== "image" && !path.endsWith(".md");
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
