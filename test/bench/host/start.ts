import type { HostPlan } from "../../../components/host/plan";
import { run } from "../../../infra/cli/command";
import { differences, snapshot } from "../../lab/snapshot";
import { factsOf } from "./prepared";

/** Where each application starts: nothing of the plan is applied, but the kernel runs with its arguments. */
export interface Start {
  /** Takes away what the playbook has made. */
  undoPlaybook(): Promise<void>;
  /** Fails where the node is not, file by file and value by value, what it was at the first start. */
  mustBeAgain(after: string): Promise<void>;
}

// Not among the folders that a snapshot looks at.
const kept = "/var/tmp/dpdk-bench";

/** Keeps what the node is now, which is the start of every application to come. */
export async function keepStart(sshConfig: string, node: string, plan: HostPlan): Promise<Start> {
  await shell(sshConfig, node, keepScript(plan));
  const all = async () => [
    ...(await snapshot(sshConfig, node, false)),
    ...(await factsOf(sshConfig, node, plan)).map((line) => `fact ${line}`),
  ];
  const first = await all();
  return {
    undoPlaybook: () => shell(sshConfig, node, undoScript(plan)),
    mustBeAgain: async (after) => {
      const found = differences(first, await all());
      if (found.length > 0) throw new Error(`${node} is not where it started, after ${after}:\n${found.join("\n")}`);
    },
  };
}

/** Undoes what a playbook has made, where a start is kept, and forgets that start. Answers whether there was one. */
export async function undoKept(sshConfig: string, node: string, plan: HostPlan): Promise<boolean> {
  const found = await run("ssh", ["-F", sshConfig, node, `test -e ${kept}/start.tar`], { seconds: 60 });
  if (found.code !== 0) return false;
  await shell(sshConfig, node, `${undoScript(plan)}\nrm -rf ${kept}`);
  return true;
}

/** The lists of accounts with the copies that useradd keeps, and the boot menu: what the playbook changes and does not make. */
const changed = [
  ...["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].flatMap((name) => [`etc/${name}`, `etc/${name}-`]),
  "boot/grub/grub.cfg",
];

export function keepScript(plan: HostPlan): string {
  const links = plan.nics.map(({ pci }) => `cat /sys/bus/pci/devices/${pci}/net/*/flags > ${kept}/flags-${pci}`);
  return [
    "set -eu",
    `rm -rf ${kept} && mkdir -p ${kept}`,
    "cd /",
    `there=$(ls -d ${changed.join(" ")} 2>/dev/null || true)`,
    `tar -cpf ${kept}/start.tar $there`,
    ...plan.sysctl.map(({ key }) => `sysctl ${key} >> ${kept}/sysctl.conf`),
    ...plan.hugepageMounts.map(({ path }) => `if [ -d ${path} ]; then : > ${kept}/has${path.replaceAll("/", "-")}; fi`),
    ...links,
  ].join("\n");
}

/** What `revert` does for our side; Ansible has no such thing, so the benchmark does it, and does not time it. */
export function undoScript(plan: HostPlan): string {
  const mounts = plan.hugepageMounts.map(({ path }) => path);
  const units = ["dpdk-nics.service", ...mounts.map(mountUnit)];
  return [
    "set -eu",
    ...units.map((unit) => `systemctl disable --quiet --now ${unit} 2>/dev/null || true`),
    ...plan.nics.flatMap(({ pci }) => functionsAway(pci)),
    ...mounts.map((path) => `[ -e ${kept}/has${path.replaceAll("/", "-")} ] || rmdir ${path} 2>/dev/null || true`),
    `rm -f ${units.map((unit) => `/etc/systemd/system/${unit}`).join(" ")} /usr/local/sbin/dpdk-nics`,
    "rm -f /etc/default/grub.d/zz-dpdk-node.cfg /etc/modules-load.d/dpdk-node.conf /etc/sysctl.d/90-dpdk-node.conf",
    "rm -f /etc/udev/rules.d/60-dpdk-node-vfio.rules",
    "udevadm control --reload",
    ...plan.modules.map((name) => `modprobe -r ${name} 2>/dev/null || true`),
    `rm -f ${plan.files.map(({ path }) => path).join(" ")}`,
    `rmdir ${[...new Set(plan.files.map(({ path }) => path.slice(0, path.lastIndexOf("/"))))].join(" ")} 2>/dev/null || true`,
    "rm -rf /root/.ansible",
    `cd / && for copy in ${changed.filter((name) => name.endsWith("-")).join(" ")}; do rm -f "$copy"; done`,
    `tar -xpf ${kept}/start.tar`,
    `sysctl -q -p ${kept}/sysctl.conf`,
    "systemctl daemon-reload",
    `systemctl reset-failed ${units.join(" ")} 2>/dev/null || true`,
  ].join("\n");
}

function functionsAway(pci: string): string[] {
  const folder = `/sys/bus/pci/devices/${pci}`;
  return [
    `echo 0 > ${folder}/sriov_numvfs`,
    `echo 1 > ${folder}/sriov_drivers_autoprobe`,
    `if [ $(( $(cat ${kept}/flags-${pci}) & 1 )) = 0 ]; then ip link set "$(ls ${folder}/net)" down; fi`,
  ];
}

function mountUnit(path: string): string {
  return `${path.slice(1).replaceAll("/", "-")}.mount`;
}

async function shell(sshConfig: string, node: string, script: string): Promise<void> {
  const done = await run("ssh", ["-F", sshConfig, node, "sh -s"], { input: `${script}\n`, seconds: 180 });
  if (done.code !== 0) throw new Error(`${node}: a script of the benchmark ended with ${done.code}: ${done.err}`);
}
