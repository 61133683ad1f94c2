/** One mistake in a fleet file: where, which value, what to do. */
export interface FleetProblem {
  readonly path: readonly (string | number)[];
  /** What stands there; undefined where nothing stands there. */
  readonly value?: unknown;
  /** What must be there instead, as a phrase: `must be a CPU list such as 0-3,8`. */
  readonly remedy: string;
}

/** A fleet file that cannot be used. Nothing was changed; every mistake is in it, a line each. */
export class FleetFileError extends Error {
  override readonly name = "FleetFileError";

  constructor(
    readonly file: string,
    readonly problems: readonly FleetProblem[],
    readonly lines: readonly string[] = problems.map((problem) => problemLine(file, problem)),
  ) {
    super(lines.join("\n"));
  }
}

/** The file is not readable, or no YAML. */
export function unreadable(file: string, what: string): FleetFileError {
  return new FleetFileError(file, [], [`${file}: ${what}`]);
}

export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

function problemLine(file: string, problem: FleetProblem): string {
  const where = pathText(problem.path) || "(top)";
  const found = problem.value === undefined ? "" : `found ${valueText(problem.value)}; `;
  return `${file}: ${where}: ${found}${problem.remedy}`;
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  if (text.includes("PRIVATE KEY")) return "a private key";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
