import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { judgeParts } from "../parts";

/**
 * A command is quoted in errors and logs, and every user of the node sees it in the list of processes: what is secret in it is so no
 * longer. The message names the place and the kind, never the value.
 */
export const noSecretInCommand: ResourceValidationPolicy = {
  name: "dpdk-no-secret-in-command",
  displayName: "No secret in a command",
  description: "The text and the standard input of a command hold no password, token or private key.",
  severity: "critical",
  enforcementLevel: "mandatory",
  tags: ["secrets"],
  remediationSteps:
    "Keep the secret in a file of the node that only its user reads, and let the command name the file.",
  validateResource: (args, report) => {
    if (!/^command:(remote|local):(Command|run)$/.test(args.type))
      return args.notApplicable("the resource is no command");
    judgeParts([...kindMistakes(args.props), ...valueMistakes(args.props)], (mistakes) => {
      for (const mistake of mistakes()) report(`${args.name}: ${mistake}; ${remedy}`);
    });
  },
};

type Props = ResourceValidationArgs["props"];
type Part = () => string[];

const places = ["create", "update", "delete", "stdin", "interpreter", "triggers"] as const;
const remedy = "it shows in errors, logs and process lists, so change it, and let the command name a file instead";

// What such things look like: RFC 7468; AWS's, GitHub's, GitLab's, Slack's and npm's documentation of their tokens.
const kinds: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  [
    "a token",
    /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36})/,
  ],
  ["a bearer token", /\bauthorization:\s*(bearer|basic)\s+(?!\$)[\w.~+/=-]{8,}/i],
  ["a password in an address", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:(?!\$)[^\s/@'"]{3,}@/i],
  ["a password", /\bsshpass\s+-p\s*(?!["']?\$)\S/],
  // A value that is a variable, a file or a placeholder is none.
  [
    "a password",
    /(?:^|[\s"'{,_-])(?:password|passwd|passphrase|secret|token|api_?key)["']?\s*(?:=|:\s)\s*(?!["']?(?:\$|\/|<|@|%|\*|\s|file:|true\b|false\b|none\b|null\b))["']?[^\s"',;}]{6,}/i,
  ],
];

function kindMistakes(props: Props): Part[] {
  return places.map((place) => () => {
    const text = unescaped(textOf(props[place]));
    const found = kinds.filter(([, pattern]) => pattern.test(text)).map(([kind]) => `${place} holds ${kind}`);
    return [...new Set(found)];
  });
}

const secretProperty = /(privateKey|password|passphrase|secret|token)$/i;
const secretVariable = /(KEY|PASSWORD|PASSPHRASE|SECRET|TOKEN)$/;

/** A command that repeats what is secret by its name, in its connection or its environment, gives it away. */
function valueMistakes(props: Props): Part[] {
  const of = (where: "connection" | "environment", secret: RegExp): Part[] =>
    namesIn(props, where)
      .filter((name) => secret.test(name))
      .flatMap((name) =>
        places.map((place) => () => {
          const value = textOf(props[where][name]);
          const repeated = value.length >= shortest && textOf(props[place]).includes(value);
          return repeated ? [`${place} holds the value of ${where}.${name}`] : [];
        }),
      );
  return [...of("connection", secretProperty), ...of("environment", secretVariable)];
}

/** Characters of a value below which it may stand in a command by chance. */
const shortest = 8;

/** The names in an object; none where the whole of it is unknown, which its places then say. */
function namesIn(props: Props, where: string): string[] {
  try {
    return Object.keys(props[where] ?? {});
  } catch {
    return [];
  }
}

/** A file within JSON: what its quotes and lines were before. */
function unescaped(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll("\\n", "\n");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
