import { run } from "../../infra/cli/command";

/** What a server is, as far as this project could change it: a line a fact, sorted, so that two of them can be compared. */
export type Snapshot = string[];

/**
 * Facts that change by themselves, and nobody put back: counters, random numbers, what a boot or a login writes.
 * The list is short on purpose: whatever is not in it must be as it was.
 */
const volatile = [
  /^sysctl fs\.(dentry-state|file-nr|inode-nr|inode-state|quota)/,
  /^sysctl kernel\.(random\.|ns_last_pid|pty\.nr|perf_event_max_sample_rate)/,
  /^sysctl (kernel\.sched_domain|net\.netfilter\.nf_conntrack_count|net\.core\.netdev_rss_key)/,
  // From the memory that the kernel found, which differs by some KiB from boot to boot.
  /^sysctl vm\.(user|admin)_reserve_kbytes/,
];

const script = String.raw`
set -euo pipefail
systemctl is-system-running --wait > /dev/null || true
find /etc /boot /usr/local /var/lib/dpdk-fleet /root /home -xdev \( -name .ssh -prune \) -o -printf 'file %p %y %m %u %g %l\n' 2>/dev/null || true
find /etc /boot /usr/local -xdev -type f -exec sha256sum {} + | sed 's/^/content /'
for d in /sys/bus/pci/devices/*; do
  printf 'pci %s driver=%s override=%s vfs=%s\n' "$(basename "$d")" "$(basename "$(readlink "$d/driver" || echo none)")" \
    "$(cat "$d/driver_override" 2>/dev/null || echo none)" "$(cat "$d/sriov_numvfs" 2>/dev/null || echo none)"
done
sysctl -a 2>/dev/null | sed 's/^/sysctl /'
grep hugetlbfs /proc/self/mounts | sed 's/^/mount /' || true
systemctl list-unit-files --no-legend --no-pager | awk '{print "unit", $1, $2}'
dpkg-query -W -f 'package \${Package} \${Version} \${db:Status-Status}\n'
`;

/** Takes a snapshot of a server over SSH. */
export async function snapshot(sshConfig: string, host: string, sudo: boolean): Promise<Snapshot> {
  const done = await run("ssh", ["-F", sshConfig, host, `${sudo ? "sudo -n " : ""}bash -s`], {
    input: script,
    seconds: 300,
  });
  if (done.code !== 0) throw new Error(`no snapshot of ${host}: ${done.err}`);
  return done.out
    .split("\n")
    .filter((line) => line !== "" && !volatile.some((pattern) => pattern.test(line)))
    .sort();
}

/** The lines in which two snapshots differ, each with the side that has it. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}

/** Reboots a server and waits until it answers with another boot id; bounded. */
export async function reboot(sshConfig: string, host: string, sudo: boolean, seconds = 300): Promise<void> {
  const bootId = async () =>
    (await run("ssh", ["-F", sshConfig, host, "cat /proc/sys/kernel/random/boot_id"], { seconds: 60 })).out.trim();
  const old = await bootId();
  await run("ssh", ["-F", sshConfig, host, `${sudo ? "sudo -n " : ""}systemctl reboot`], { seconds: 60 });
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const now = await bootId();
    if (now !== "" && now !== old) return;
  }
  throw new Error(`${host} did not come back within ${seconds} s`);
}
