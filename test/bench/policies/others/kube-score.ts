import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../../infra/cli/command";
import { partialName } from "../../../../tools/engine/partial";
import { timed } from "./timed";
import type { Checks, Finding, Said, Tool } from "./tool";

// Its module and all that it needs are pinned, with hashes, by the go.mod and go.sum beside this file; no code of ours is there.
const moduleFolder = join(__dirname, "kube-score");
const goPackage = "github.com/zegl/kube-score/cmd/kube-score";
const version = /kube-score (v\S+)/.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1] ?? "";

/** `kube-score list` tells all of its checks. It has none of the host's namespaces, host paths, capabilities or bare pods. */
const checks: Checks = {
  2: ["container-resources"],
  5: [
    "container-resources",
    "container-resource-requests-equal-limits",
    "container-cpu-requests-equal-limits",
    "container-memory-requests-equal-limits",
  ],
  6: ["container-security-context-privileged"],
  7: ["container-security-context-privileged"],
  10: ["container-seccomp-profile"],
  18: ["container-image-tag"],
};

/** As it is without options, and with every check that must be asked for. */
export const kubeScore: readonly Tool[] = [
  { name: `kube-score ${version}`, checks, judge: judge([]) },
  { name: `kube-score ${version}, optional tests too`, checks, judge: judge(["--all-default-optional"]) },
];

/** One process a manifest: objects of two of them have nothing to do with one another, and its answer names no file. */
function judge(options: readonly string[]): Tool["judge"] {
  return async (manifests, names, cacheFolder): Promise<Said> => {
    const program = await build(cacheFolder);
    const said = { findings: [] as Finding[], elapsed: 0, cpu: 0 };
    for (const name of names) {
      const answer = await timed(program, ["score", "--output-format", "json", ...options, join(manifests, name)]);
      said.findings.push(...findings(name, answer.out));
      said.elapsed += answer.elapsed;
      said.cpu += answer.cpu;
    }
    return said;
  };
}

interface Scored {
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** Grades are 1 critical, 5 warning, 7 almost right, 10 right (kube-score, scorecard/scorecard.go). */
const WARNING = 5;

/** From the JSON of one manifest. */
export function findings(manifest: string, json: string): Finding[] {
  const objects = JSON.parse(json) as readonly Scored[] | null; // null where no object is of a kind that it knows
  return (objects ?? []).flatMap((object) =>
    object.checks
      .filter(({ grade, skipped }) => !skipped && grade <= WARNING)
      .map(({ check }) => ({ manifest, check: check.id })),
  );
}

async function build(cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, "other-tools");
  const program = join(folder, `kube-score-${version}`);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const partial = partialName(program);
  const answer = await run("go", ["build", "-trimpath", "-buildvcs=false", "-o", partial, goPackage], {
    folder: moduleFolder,
    environment: { GOFLAGS: `${process.env.GOFLAGS ?? ""} -mod=readonly`.trim() },
    seconds: 900,
  });
  if (answer.code !== 0) throw new Error(`go build: ${answer.err.trim().split("\n").at(-1)}`);
  await rename(partial, program);
  return program;
}
