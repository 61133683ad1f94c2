import { run } from "../../infra/cli/command";
import type { Lab } from "../lab/lab";

/** Something that happens to a node at a moment of its own making: shell that is looked at often, and shell that is then run, once. */
export interface Trap {
  /** True at the moment: `[ -e /run/x ]`. */
  when: string;
  /** What happens then. */
  does: string;
}

/** A power cut as the kernel can give it to itself: no sync, no unmount (Documentation/admin-guide/sysrq, `b`). */
export const powerCut = "echo b > /proc/sysrq-trigger";

/** The same, and it stays off (sysrq, `o`): file systems are neither synced nor unmounted. */
export const powerOff = "echo o > /proc/sysrq-trigger";

/** The agent's worker has begun. */
export const workerRuns = "ls /sys/fs/cgroup/system.slice | grep -q ^dpdk-fleet-worker-";

const unit = "/etc/systemd/system/fault-trap.service";
const sprung = "/var/fault-sprung";

/** Sets a trap on a node. It is there in every boot until it is cleared, so that it outlives the node's reboots. */
export async function setTrap(lab: Lab, node: string, { when, does }: Trap): Promise<void> {
  // What was sprung is on the disk before it happens, or a power cut would happen in every boot.
  const loop = `while ! [ -e ${sprung} ]; do if ${when}; then : > ${sprung}; sync ${sprung} /var; ${does}; fi; sleep 0.05; done`;
  const text = `[Unit]
Description=Fault of a test
DefaultDependencies=no
After=systemd-remount-fs.service
[Service]
ExecStart=/bin/sh -c ${JSON.stringify(loop.replaceAll("%", "%%"))}
[Install]
WantedBy=sysinit.target
`;
  await shell(
    lab,
    node,
    `cat > ${unit} <<'UNIT'\n${text}UNIT\nsystemctl daemon-reload\nsystemctl -q enable --now fault-trap`,
  );
}

/** Takes the trap away; answers whether it was sprung. */
export async function clearTrap(lab: Lab, node: string): Promise<boolean> {
  const done = await shell(
    lab,
    node,
    `systemctl -q disable --now fault-trap; rm -f ${unit}; systemctl daemon-reload
if [ -e ${sprung} ]; then rm ${sprung}; echo sprung; fi`,
  );
  return done.includes("sprung");
}

/** Runs shell on a node as root. */
export async function shell(lab: Lab, node: string, script: string): Promise<string> {
  const done = await run("ssh", ["-F", lab.sshConfig(), node, `${node === "beta" ? "sudo -n " : ""}sh -s`], {
    input: `set -eu\n${script}\n`,
    seconds: 180,
  });
  if (done.code !== 0) throw new Error(`on ${node}: ended with ${done.code}: ${done.err}`);
  return done.out;
}
