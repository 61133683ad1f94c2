import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labSettings } from "../../../infra/cli/lab/settings";
import { corpus, type Manifest } from "../../policies/corpus";
import { counted, type Figure, seconds } from "../figures";
import { checkov } from "./others/checkov";
import { kubeScore } from "./others/kube-score";
import { ours } from "./others/ours";
import { alarmed, type Score, score, scoreTable } from "./others/score";
import type { Tool } from "./others/tool";

const notAsked =
  "Not asked: kube-linter and Polaris, whose Go modules could not be had; kubeconform, which judges by schemas that it " +
  "downloads; Trivy, whose build from Go modules takes too long.";

/**
 * The pack beside what a user would take instead, on the Kubernetes manifests of the corpus: what each catches, misses, and says of
 * manifests that are right. A tool that is not here and cannot be fetched is named in a line, and the others are shown.
 */
export async function benchBesideOthers(): Promise<Figure[]> {
  const manifests = kubernetesManifests(corpus());
  const scores: Score[] = [];
  const { cacheFolder } = labSettings();
  const folder = copied(manifests);
  try {
    for (const tool of [ours, checkov, ...kubeScore])
      scores.push(...(await scoreOf(tool, folder, manifests, cacheFolder)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${report(manifests, scores)}\n\n`);
  return scores.flatMap(figuresOf);
}

/** Not the saved states of stacks, which are JSON and which no other tool reads. */
export function kubernetesManifests(all: readonly Manifest[]): Manifest[] {
  return all.filter(({ name }) => /\.ya?ml$/.test(name));
}

/** A folder with these manifests and nothing else in it, for programs that take a folder. */
function copied(manifests: readonly Manifest[]): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-corpus-"));
  for (const { name } of manifests) cpSync(join(__dirname, "../../policies/corpus", name), join(folder, name));
  return folder;
}

/** None where the tool cannot be had, which is said. */
export async function scoreOf(
  tool: Tool,
  folder: string,
  manifests: readonly Manifest[],
  cache: string,
): Promise<Score[]> {
  process.stderr.write(`${tool.name}: installing it where it is not in the cache, and asking it\n`);
  const names = manifests.map(({ name }) => name);
  try {
    return [score(tool, await tool.judge(folder, names, cache), manifests)];
  } catch (error) {
    process.stdout.write(`${tool.name} cannot be had, and is left out: ${(error as Error).message}\n`);
    return [];
  }
}

function report(manifests: readonly Manifest[], scores: readonly Score[]): string {
  const good = manifests.filter(({ isGood }) => isGood).length;
  const mistakes = manifests.reduce((sum, { rules }) => sum + rules.length, 0);
  const caught = scores.slice(1).map(({ tool, caught: list }) => `${tool} catches ${list.join(", ")}`);
  const head = `${good} good and ${manifests.length - good} bad Kubernetes manifests with ${mistakes} mistakes`;
  return [head, "", scoreTable(scores), "", ...caught, notAsked].join("\n");
}

function figuresOf(one: Score): Figure[] {
  return [
    counted(`${one.tool}: mistakes that are caught`, one.caught.length, "mistakes"),
    counted(`${one.tool}: mistakes that are missed`, one.missed.length, "mistakes"),
    counted(`${one.tool}: mistakes of manifests that it says more of than of a right one`, one.noticed, "mistakes"),
    counted(`${one.tool}: good manifests with false alarms`, alarmed(one), "manifests"),
    counted(`${one.tool}: false alarms`, one.falseAlarms.length, "findings"),
    seconds(`${one.tool}: time`, [one.elapsed], null),
    seconds(`${one.tool}: CPU time`, [one.cpu], null),
  ];
}
