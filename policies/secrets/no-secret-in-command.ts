import { partsOf, textOf, textsOf } from "../parts";
import { type RuleArgs, resourceRule } from "../rule";
import { secretsIn } from "./kinds";

/**
 * A command is quoted in errors and logs, and every user of the node sees it in the list of processes: what is secret in it is so no
 * longer. The message names the place and the kind, never the value.
 */
export const noSecretInCommand = resourceRule({
  name: "dpdk-no-secret-in-command",
  displayName: "No secret in a command",
  description: "The text and the standard input of a command hold no password, token or private key.",
  severity: "critical",
  why: "A command is quoted in errors and logs, and every user of the node sees it in the list of processes.",
  source: "https://cwe.mitre.org/data/definitions/214.html",
  group: "secrets",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Keep the secret in a file of the node that only its user reads, and let the command name the file.",
  judge: (args) => {
    if (!/^command:(remote|local):(Command|run)$/.test(args.type)) return "the resource is no command";
    const said = new Set<string>();
    const isNew = (mistake: string) => !said.has(mistake) && said.add(mistake).has(mistake);
    return [...kindMistakes(args.props), ...valueMistakes(args.props)].map(
      (mistakes) => () =>
        mistakes()
          .filter(isNew)
          .map((mistake) => `${mistake}; ${remedy}`),
    );
  },
});

type Props = RuleArgs["props"];
type Part = () => string[];

const places = ["create", "update", "delete", "stdin", "interpreter", "triggers"] as const;
const remedy = "it shows in errors, logs and process lists, so change it, and let the command name a file instead";

/** Each element of a list by itself, and all of them as one line: what is spread over two, as an interpreter's `-p` and its value. */
function kindMistakes(props: Props): Part[] {
  return places.flatMap((place) => {
    const elements = textsOf(() => props[place]);
    const line = () => elements.map((read) => read()).join(" ");
    return [...elements, line].map(
      (read) => () => secretsIn(unescaped(read())).map((kind) => `${place} holds ${kind}`),
    );
  });
}

const secretProperty = /(privateKey|password|passphrase|secret|token)$/i;
const secretVariable = /((?<!(?:PUBLIC|HOST|OBJECT|CACHE)_)KEY|PASSWORD|PASSPHRASE|SECRET|TOKEN)$/;

/** A command that repeats what is secret by its name, in its connection or its environment, gives it away. */
function valueMistakes(props: Props): Part[] {
  const of = (where: "connection" | "environment", secret: RegExp): Part[] =>
    partsOf(() =>
      Object.keys(props[where] ?? {})
        .filter((name) => secret.test(name))
        .flatMap((name) =>
          places.map((place) => () => {
            const value = textOf(props[where][name]);
            const repeated = value.length >= shortest && textOf(props[place]).includes(value);
            return repeated ? [`${place} holds the value of ${where}.${name}`] : [];
          }),
        ),
    );
  return [...of("connection", secretProperty), ...of("environment", secretVariable)];
}

/** Characters of a value below which it may stand in a command by chance. */
const shortest = 8;

/** A file within JSON: what its quotes and lines were before. */
function unescaped(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll("\\n", "\n");
}
