import type { GuestAddresses } from "./addresses";
import type { TarEntry } from "./tar";
import { type WorkerSpec, workerFiles } from "./worker";

/** The users that can be entered: root, and one who may become root with sudo, as people have it on their servers. */
export type GuestUser = "root" | "operator";

/** What makes a guest of the lab's disk, which itself has neither keys nor addresses. */
export interface SeedSpec {
  hostname: string;
  user: GuestUser;
  /** One line of an authorized_keys file. */
  operatorPublicKey: string;
  addresses: Pick<GuestAddresses, "uplinkMac" | "lanMac" | "lanAddress">;
  /** Left out: it is no worker of a cluster. */
  worker?: WorkerSpec;
}

/** An OpenSSH key pair as ssh-keygen writes it. */
export interface HostKey {
  privateKey: string;
  publicKey: string;
}

/** The files that a guest takes over at its first boot, before its sshd starts. */
export function seedFiles(spec: SeedSpec, hostKey: HostKey): TarEntry[] {
  return [
    rootFile("etc/hostname", 0o644, `${spec.hostname}\n`),
    rootFile("etc/hosts", 0o644, `127.0.0.1 localhost\n127.0.1.1 ${spec.hostname}\n::1 localhost\n`),
    rootFile("etc/ssh/ssh_host_ed25519_key", 0o600, hostKey.privateKey),
    rootFile("etc/ssh/ssh_host_ed25519_key.pub", 0o644, hostKey.publicKey),
    rootFile("etc/systemd/network/10-uplink.network", 0o644, uplinkNetwork(spec.addresses.uplinkMac)),
    rootFile("etc/systemd/network/20-lan.network", 0o644, lanNetwork(spec.addresses)),
    ...authorizedKeys(spec),
    ...(spec.worker === undefined ? [] : workerFiles(spec.worker)),
  ];
}

// Static, as QEMU's user network is the same everywhere: its DHCP would cost a second of every boot.
function uplinkNetwork(mac: string): string {
  return `[Match]
MACAddress=${mac}

[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
IPv6AcceptRA=no
`;
}

function lanNetwork(addresses: SeedSpec["addresses"]): string {
  return `[Match]
MACAddress=${addresses.lanMac}

[Network]
Address=${addresses.lanAddress}/24
LinkLocalAddressing=no
IPv6AcceptRA=no
`;
}

function authorizedKeys(spec: SeedSpec): TarEntry[] {
  // 1000:100 is `operator` in group `users`, as tools/lab-disk/customize.sh makes that user.
  const [home, uid, gid] = spec.user === "root" ? ["root", 0, 0] : ["home/operator", 1000, 100];
  const content = `${spec.operatorPublicKey.trim()}\n`;
  return [
    { path: `${home}/.ssh/`, mode: 0o700, uid, gid, content: "" },
    { path: `${home}/.ssh/authorized_keys`, mode: 0o600, uid, gid, content },
  ] as TarEntry[];
}

function rootFile(path: string, mode: number, content: string): TarEntry {
  return { path, mode, uid: 0, gid: 0, content };
}
