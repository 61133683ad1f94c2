import type { ConfigPeer, ConfigToml } from "./config-toml";
import type { DataPlaneMistake } from "./data-plane";

/** An address as its bytes, 4 or 16 of them. */
export interface Address {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
}

/**
 * The address of one host; null where the text is none. Of IPv6 only the shortest text in lowercase (RFC 5952), so that one address
 * is one text.
 */
export function parseAddress(text: string): Address | null {
  const address = parse(text);
  return address === null || isLinkLocal(address) ? null : address;
}

/** A router's: link-local too, since routers of IPv6 are told so (RFC 4861, 4.2). */
export function parseRouter(text: string): Address | null {
  return parse(text);
}

// Neither this host, nor a loopback, nor many hosts at once (RFC 6890).
const IPV4 =
  /^(?!0\.|127\.|22[4-9]\.|2[3-5]\d\.)(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:]*$/;

function parse(text: string): Address | null {
  if (IPV4.test(text)) return { family: 4, bytes: text.split(".").map(Number) };
  if (!IPV6.test(text) || shortest(text) !== text) return null;
  const [before = "", after] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(before), groups(after ?? "")];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  const bytes = all.flatMap((group) => [group >> 8, group & 255]);
  // ::/8 has the loopback and IPv4's addresses in IPv6, ff00::/8 is multicast (RFC 4291, 2.4).
  return bytes[0] === 0 || bytes[0] === 255 ? null : { family: 6, bytes };
}

/** As URLs write it, which is RFC 5952's way; null where it is no address. */
function shortest(text: string): string | null {
  try {
    return new URL(`http://[${text}]`).hostname.slice(1, -1);
  } catch {
    return null;
  }
}

function isLinkLocal({ family, bytes }: Address): boolean {
  return family === 6 && bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}

/** An address of the node, and which others are on its link. */
export interface Listening {
  /** What the keys of config.toml end with. */
  readonly suffix: "" | "6";
  readonly text: string;
  readonly address: Address;
  readonly prefix: number | null;
  readonly gateway: string | null;
}

/** `listen_address` and `listen_address6`, each where it is there. */
export function listening({ network }: Pick<ConfigToml, "network">): Listening[] {
  const both = [
    ["", network.listenAddress, network.listenPrefix, network.gateway],
    ["6", network.listenAddress6, network.listenPrefix6, network.gateway6],
  ] as const;
  return both.flatMap(([suffix, text, prefix, gateway]) => {
    const address = text === null ? null : parseAddress(text);
    return text === null || address === null ? [] : [{ suffix, text, address, prefix, gateway }];
  });
}

/** Whether an address of the same family is reached without the gateway. Every one is where no prefix is written. */
export function isOnLink({ address, prefix }: Listening, other: Address): boolean {
  const bits = ({ bytes }: Address) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits(address).slice(0, prefix ?? 0) === bits(other).slice(0, prefix ?? 0);
}

/** What the node's own addresses mean together. pantheon-node says the same, byte for byte (native-image/src/config/addresses.c). */
export function addressMistakes(config: ConfigToml): DataPlaneMistake[] {
  const { network } = config;
  const [first, second] = [listening(config).find(({ suffix }) => suffix === ""), listening(config).find(isSecond)];
  return [
    ...ownMistakes("", first, network.listenPrefix, network.gateway, network.ipv6Enabled),
    ...(first?.address.family === 6 && second !== undefined ? [twoOfIpv6(second)] : []),
    ...ownMistakes("6", second, network.listenPrefix6, network.gateway6, network.ipv6Enabled),
  ];
}

const isSecond = ({ suffix }: Listening) => suffix === "6";

function twoOfIpv6({ text }: Listening): DataPlaneMistake {
  const remedy = "listen_address is IPv6 already; write an IPv4 address there, or take one of the two out";
  return { key: "config.toml [network] listen_address6", value: text, remedy };
}

function ownMistakes(
  suffix: "" | "6",
  own: Listening | undefined,
  prefix: number | null,
  gateway: string | null,
  ipv6Enabled: boolean | null,
): DataPlaneMistake[] {
  const key = (name: string) => `config.toml [network] ${name}${suffix}`;
  const mistakes: DataPlaneMistake[] = [];
  if (own?.address.family === 6 && ipv6Enabled !== true) {
    const remedy = "is IPv6; write ipv6_enabled = true, or take the address out";
    mistakes.push({ key: key("listen_address"), value: own.text, remedy });
  }
  if (prefix !== null) {
    const remedy =
      own === undefined
        ? `belongs to listen_address${suffix}; write both`
        : prefix > own.address.bytes.length * 8
          ? `listen_address${suffix} is IPv4; write 32 at most`
          : null;
    if (remedy !== null) mistakes.push({ key: key("listen_prefix"), value: prefix, remedy });
  }
  const remedy = gateway === null ? null : gatewayMistake(suffix, own, gateway);
  if (gateway !== null && remedy !== null) mistakes.push({ key: key("gateway"), value: gateway, remedy });
  return mistakes;
}

function gatewayMistake(suffix: "" | "6", own: Listening | undefined, gateway: string): string | null {
  const router = parseRouter(gateway);
  if (own === undefined || own.prefix === null || router === null)
    return `needs listen_address${suffix} and listen_prefix${suffix}; write all three`;
  if (router.family !== own.address.family)
    return `is of another family than listen_address${suffix}; name a router that it reaches`;
  if (gateway === own.text) return `is this node's own listen_address${suffix}; name the router`;
  if (own.prefix > own.address.bytes.length * 8 || isOnLink(own, router) || isLinkLocal(router)) return null;
  return `is not within listen_prefix${suffix} ${own.prefix} of listen_address${suffix}; name a router on the same link`;
}

/** What the peers' addresses mean together with the node's own. */
export function peerMistakes(config: ConfigToml): DataPlaneMistake[] {
  const own = listening(config);
  return config.peers.flatMap((peer) => {
    const remedy = peerMistake(own, peer);
    return remedy === null ? [] : [{ key: "config.toml [network.peers] address", value: peer.address, remedy }];
  });
}

function peerMistake(own: readonly Listening[], peer: ConfigPeer): string | null {
  const address = parseAddress(peer.address);
  const listen = own.find((each) => each.address.family === address?.family);
  if (listen === undefined || address === null) {
    const [family, key] = address?.family === 6 ? ["IPv6", "listen_address6"] : ["IPv4", "an IPv4 listen_address"];
    return `is ${family}, of which this node has no address; write ${key}, or take the peer out`;
  }
  // A MAC address that is written down is where its frames go, wherever the peer is.
  if (listen.gateway !== null || peer.mac !== null || isOnLink(listen, address)) return null;
  const { suffix } = listen;
  return (
    `is not within listen_prefix${suffix} ${listen.prefix} of listen_address${suffix}; ` +
    `write gateway${suffix}, or take the peer out`
  );
}
