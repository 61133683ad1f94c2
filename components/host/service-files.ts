import type { FleetNode } from "../fleet/types";

/** A file of the node's own programs: root's, mode 0644. */
interface SettingsFile {
  readonly path: string;
  readonly content: string;
}

/** Packages that what is asked for needs. Those with rpm have systemd-coredump in systemd itself. */
export function settingsPackages({ service, packageManager }: FleetNode): string[] {
  return [
    ...(service?.log?.file === undefined ? [] : ["logrotate"]),
    ...(service?.coreDumps === undefined || packageManager !== "apt" ? [] : ["systemd-coredump"]),
  ];
}

/** Drop-ins for logrotate, systemd-coredump and pam_limits; none where nothing of it is asked for. */
export function settingsFiles({ service, memlockGroups }: FleetNode): SettingsFile[] {
  const files: SettingsFile[] = [];
  const { log, coreDumps } = service ?? {};
  if (log?.file !== undefined) {
    files.push({ path: "/etc/logrotate.d/pantheonchain-dpdk", content: logrotate(log.file, log.maxMiB, log.keep) });
  }
  if (coreDumps !== undefined) {
    files.push({ path: "/etc/systemd/coredump.conf.d/60-dpdk-fleet.conf", content: coredump(coreDumps.maxMiB) });
  }
  if (memlockGroups.length > 0) {
    const lines = memlockGroups.map((group) => `@${group} - memlock unlimited\n`);
    files.push({ path: "/etc/security/limits.d/60-dpdk-fleet.conf", content: `${OURS}${lines.join("")}` });
  }
  return files;
}

const OURS = "# Written by dpdk-node-agent.\n";

/**
 * systemd keeps the file open for the whole life of the service, so it is copied and cut, never renamed: opened to append, writing goes
 * on at its new end.
 */
function logrotate(file: string, maxMiB: number, keep: number): string {
  const rules = [
    `size ${maxMiB}M`,
    `rotate ${keep}`,
    "copytruncate",
    "compress",
    "delaycompress",
    "missingok",
    "notifempty",
  ];
  return `${OURS}${file} {\n${rules.map((rule) => `    ${rule}\n`).join("")}}\n`;
}

function coredump(maxMiB: number): string {
  // The journal would take 767M at most (JournalSizeMax=) and lets nobody limit one program.
  const settings = ["Storage=external", "Compress=yes", `ProcessSizeMax=${maxMiB}M`, `ExternalSizeMax=${maxMiB}M`];
  return `${OURS}[Coredump]\n${[...settings, `MaxUse=${maxMiB * 5}M`].map((line) => `${line}\n`).join("")}`;
}
