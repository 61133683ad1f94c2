import { fixture, ownTest, shown } from "./files";
import { type Exports, firstFailure, type Load } from "./modules";

export const outcomes = ["passes", "violates", "unknown", "not applicable", "remedied"] as const;
export type Outcome = (typeof outcomes)[number];

/** What a test file shows of the rule beside it. */
export interface Shown {
  readonly name: string;
  readonly canRemedy: boolean;
  readonly seen: ReadonlySet<Outcome>;
}

interface Rule {
  readonly name: string;
  readonly remediateResource?: unknown;
}

/** What the fixture says of a rule (policies/resource.fixture.ts, Judgement). */
interface Judgement {
  readonly violations: readonly string[];
  readonly advice: readonly string[];
  readonly unjudged: readonly string[];
  readonly notApplicable: readonly string[];
}

/** Runs the test file of a rule, and looks at each answer that it gets about that rule. */
export async function outcomesOf(load: Load, file: string): Promise<Shown> {
  const seen = new Map<string, Set<Outcome>>();
  const note = (rule: Rule, found: readonly Outcome[]) => {
    const own = seen.get(rule.name) ?? new Set();
    seen.set(rule.name, new Set([...own, ...found]));
  };
  const made: Rule[] = [];
  const exports = new Map([
    [fixture, (all: Exports) => observed(all, note)],
    [
      file,
      (all: Exports) => {
        made.push(...Object.values(all).filter(isRule));
        return all;
      },
    ],
  ]);
  const failure = await firstFailure(load(ownTest(file), { exports }).cases);
  if (failure !== null) throw new Error(`${shown(ownTest(file))}: ${failure.title}`, { cause: failure.error });
  const [rule, ...others] = made;
  if (rule === undefined || others.length > 0) throw new Error(`${shown(file)} makes ${made.length} rules`);
  return { name: rule.name, canRemedy: "remediateResource" in rule, seen: seen.get(rule.name) ?? new Set() };
}

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && ("validateResource" in value || "validateStack" in value);

type Ask = (rule: Rule, ...rest: unknown[]) => Promise<unknown>;

/** The fixture's own functions, which also tell what they found. */
function observed(all: Exports, note: (rule: Rule, found: readonly Outcome[]) => void): Exports {
  const of = (name: string, told: (answer: unknown) => readonly Outcome[]): Ask => {
    const ask = all[name] as Ask;
    return async (rule, ...rest) => {
      const answer = await ask(rule, ...rest);
      note(rule, told(answer));
      return answer;
    };
  };
  const judged = (answer: unknown) => told(answer as Judgement);
  const remedied = (answer: unknown) => (answer === null ? [] : (["remedied"] as const));
  return {
    ...all,
    judge: of("judge", judged),
    judgeStack: of("judgeStack", judged),
    remedied: of("remedied", remedied),
  };
}

function told({ violations, advice, unjudged, notApplicable }: Judgement): Outcome[] {
  const said: [outcome: Outcome, messages: readonly string[]][] = [
    ["violates", [...violations, ...advice]],
    ["unknown", unjudged],
    ["not applicable", notApplicable],
  ];
  const found = said.filter(([, messages]) => messages.length > 0).map(([outcome]) => outcome);
  return found.length === 0 ? ["passes"] : found;
}

/** Outcomes that a rule's tests never show. */
export function missing({ canRemedy, seen }: Shown): Outcome[] {
  return outcomes.filter((outcome) => !seen.has(outcome) && (outcome !== "remedied" || canRemedy));
}

/** A row a rule: `x` what is shown, `-` what it cannot be. */
export function outcomesTable(rules: readonly Shown[]): string {
  const width = Math.max(...rules.map(({ name }) => name.length));
  const cell = (rule: Shown, outcome: Outcome) =>
    rule.seen.has(outcome) ? "x" : missing(rule).includes(outcome) ? " " : "-";
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((each, at) => each.padEnd(outcomes[at]?.length ?? 0))].join("  ").trimEnd();
  return [
    row("rule", outcomes),
    ...rules.map((rule) =>
      row(
        rule.name,
        outcomes.map((one) => cell(rule, one)),
      ),
    ),
  ].join("\n");
}
