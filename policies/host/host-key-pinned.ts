import { partsOf, textsOf } from "../parts";
import { type RuleArgs, resourceRule } from "../rule";

/**
 * Without the node's host key whoever answers at its address is believed, and is handed the login and the plan. A lab of one's own
 * machine may do without; nothing else may.
 */
export const hostKeyPinned = resourceRule({
  name: "dpdk-host-key-pinned",
  displayName: "SSH servers are known by their host key",
  description: "A command over SSH names the host key of the server and of every hop.",
  severity: "high",
  why: "Whoever answers at a node's address is believed, and is handed the login and the plan.",
  source: "docs/failures.md, 12",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Give `ssh.hostKey` in the fleet file: the line of `ssh-keyscan HOST`, compared with the machine's console.",
  settings: {
    labStacks: {
      type: "array",
      items: { type: "string" },
      default: ["lab"],
      description: "Names of stacks whose machines are all on this computer; no host key is asked for there.",
    },
  },
  judge: (args) => {
    if (!/^command:(remote|local):/.test(args.type)) return "the resource is no command";
    const { labStacks = ["lab"] } = args.getConfig<{ labStacks?: string[] }>();
    if (labStacks.includes(stackOf(args.urn))) return "the stack is a lab";
    return args.type.startsWith("command:remote:") ? remoteMistakes(args) : localMistakes(args);
  },
});

/** `urn:pulumi:STACK::PROJECT::TYPE::NAME` */
function stackOf(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}

type Part = () => string[];

function remoteMistakes({ props }: RuleArgs): Part[] {
  const missing = (where: string) =>
    `${where} has no hostKey: whoever answers there is believed; give the server's public host key`;
  return [
    () => (props.connection?.hostKey ? [] : [missing("connection")]),
    () => (!props.connection?.proxy || props.connection.proxy.hostKey ? [] : [missing("connection.proxy")]),
    ...textParts(props),
  ];
}

// Options of OpenSSH's client that believe whoever answers (ssh_config(5)).
const trusting =
  /StrictHostKeyChecking[\s=]+["']?(no|off|false|accept-new)\b|UserKnownHostsFile[\s=]+["']?\/dev\/null|ANSIBLE_HOST_KEY_CHECKING=["']?(false|no|0)\b|ssh-keyscan\b[^\n|;&]*>>?\s*\S*known_hosts/i;

const places = ["create", "update", "delete", "interpreter", "stdin"];

function textParts(props: RuleArgs["props"]): Part[] {
  return places.flatMap((where) =>
    textsOf(() => props[where]).map((read) => () => {
      const found = trusting.exec(read());
      return found === null ? [] : [`${where} has ${found[0]}: whoever answers is believed; keep a known_hosts file`];
    }),
  );
}

function localMistakes({ props }: RuleArgs): Part[] {
  const variables = partsOf(() =>
    Object.keys(props.environment ?? {}).map((name) => () => {
      const value = String(props.environment[name] ?? "");
      const found = trusting.exec(`${name}=${value}`);
      if (found !== null)
        return [`environment.${name} has ${found[0]}: whoever answers is believed; keep a known_hosts file`];
      // This package's own commands: the text of their known_hosts, a line a hop.
      if (name !== "SSH_KNOWN_HOSTS" || value.split("\n").every((line) => /^\s*(#.*)?$|^\s*(\S+\s+){2}\S+/.test(line)))
        return [];
      return [`environment.${name} lacks a host key; give the server's public host key`];
    }),
  );
  return [...textParts(props), ...variables];
}
