import { partsOf } from "../parts";
import { type RuleArgs, resourceRule } from "../rule";
import { known } from "./known";
import { elementsOf } from "./machine";

export const noWorldOpenSsh = resourceRule({
  name: "dpdk-no-world-open-ssh",
  displayName: "SSH is not open to the world",
  description: "No security group lets the whole internet reach SSH, by IPv4 or IPv6, by port or by all protocols.",
  why: "SSH is the only way into a node whose other interfaces belong to DPDK: whoever gets in there has them all.",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  group: "aws",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Name the networks of the operators or the security group of the bastion in place of 0.0.0.0/0 and ::/0.",
  settings: {
    ports: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 65535 },
      default: [22],
      description: "TCP ports of SSH.",
    },
  },
  judge: (args) => {
    const { ports = [22] } = args.getConfig<{ ports?: number[] }>();
    const openings = openingsOf(args);
    if (openings === null) return "the resource opens no port";
    return openings.map((read) => () => {
      const { where, props, cidr } = read();
      const open = () => ports.filter((port) => opens(props, port));
      // A port that is not SSH's makes any network right, known or not.
      if (known(open)?.length === 0 || !isWorld(cidr())) return [];
      return open().map(
        (port) => `${where} ${cidr()} reaches port ${port}, SSH of the nodes; name the operators' networks`,
      );
    });
  },
});

type Props = RuleArgs["props"];

/** One network that one rule lets in. */
interface Opening {
  readonly where: string;
  readonly props: Props;
  cidr(): unknown;
}

const lists = ["cidrBlocks", "ipv6CidrBlocks"];

function openingsOf({ type, props }: RuleArgs): (() => Opening)[] | null {
  switch (type) {
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
      return elementsOf(props, "ingress").flatMap((read) =>
        partsOf(() => {
          const rule = read();
          return ofLists(`${rule.where}.`, rule.props);
        }),
      );
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return partsOf(() => (props.type === "ingress" ? ofLists("", props) : []));
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return ["cidrIpv4", "cidrIpv6"].map((where) => () => ({ where, props, cidr: () => props[where] }));
    case "aws:eks/nodeGroup:NodeGroup":
      return [() => ofNodeGroup(props.remoteAccess ?? {})];
    default:
      return null;
  }
}

function ofLists(where: string, props: Props): (() => Opening)[] {
  return lists.flatMap((list) =>
    partsOf(() => {
      const found: unknown[] = props[list] ?? [];
      return [...found.keys()].map((at) => () => ({
        where: `${where}${list}[${at}]`,
        props,
        cidr: () => found[at],
      }));
    }),
  );
}

/** With a key and without security groups, EKS opens SSH to the internet (EKS, API reference, RemoteAccessConfig). */
function ofNodeGroup(access: Props): Opening {
  const isOpen = () => Boolean(access.ec2SshKey) && (access.sourceSecurityGroupIds ?? []).length === 0;
  return {
    where: "remoteAccess without sourceSecurityGroupIds: EKS's",
    props: { protocol: "tcp", fromPort: 22, toPort: 22 },
    cidr: () => (isOpen() ? "0.0.0.0/0" : ""),
  };
}

function opens(props: Props, port: number): boolean {
  const protocol = String(props.protocol ?? props.ipProtocol).toLowerCase();
  if (protocol === "-1" || protocol === "all") return true;
  if (protocol !== "tcp" && protocol !== "6") return false;
  const [from, to] = [Number(props.fromPort ?? -1), Number(props.toPort ?? props.fromPort ?? -1)];
  return from === -1 || (from <= port && port <= to);
}

// No registry holds more than a /8 of IPv4 at once (IANA, IPv4 address space), and 2000::/3 is all of IPv6 that is routed (IANA, IPv6
// global unicast): what is wider than this is the world, also in halves.
const widest = { v4: 7, v6: 3 };

function isWorld(cidr: unknown): boolean {
  const found = /^(.*)\/(\d+)$/.exec(String(cidr ?? ""));
  if (found === null) return false;
  return Number(found[2]) <= ((found[1] as string).includes(":") ? widest.v6 : widest.v4);
}
