import type { HostPlan } from "../../../components/host/plan";
import { run } from "../../../infra/cli/command";

/** What the kernel and the files of a node say about a plan, a line a fact. The same after both sides, whose units have other names. */
export type Facts = string[];

export async function factsOf(sshConfig: string, node: string, plan: HostPlan): Promise<Facts> {
  const done = await run("ssh", ["-F", sshConfig, node, "sh -s"], { input: factsScript(plan), seconds: 120 });
  if (done.code !== 0) throw new Error(`no facts of ${node}: ${done.err}`);
  return done.out.split("\n").filter((line) => line !== "");
}

/** Asks for every part of the plan by the kernel's own words, and not by those of either side. */
export function factsScript(plan: HostPlan): string {
  const users = (plan.accounts?.users ?? []).map(({ name }) => name);
  const groups = plan.accounts?.groups ?? [];
  return [
    ...plan.modules.map((name) => `echo "module ${name}" $(ls -d /sys/module/${name.replaceAll("-", "_")} 2>&1)`),
    // The numbers of new groups may differ, their names and members may not.
    ...groups.map((name) => `echo "group ${name}" $(getent group ${name} | cut -d: -f1,4)`),
    ...users.map((name) => `echo "user ${name}" $(id -Gn ${name} 2>&1) $(getent passwd ${name} | cut -d: -f6,7)`),
    ...plan.hugepages.map(
      ({ numaNode, size }) =>
        `echo "hugepages ${numaNode} ${size}" $(cat /sys/devices/system/node/node${numaNode}/hugepages/hugepages-${kib(size)}kB/nr_hugepages)`,
    ),
    ...plan.hugepageMounts.map(
      ({ path }) =>
        `echo "mount ${path}" $(findmnt -n -o FSTYPE,OPTIONS ${path} | sed 's/,gid=[0-9]*//') $(stat -c '%U %G %a' ${path} 2>&1)`,
    ),
    ...plan.sysctl.map(
      ({ key }) => `echo "sysctl ${key}" $(sysctl -n ${key}) $(grep -rhs '^${key}' /etc/sysctl.d | tr -d ' ')`,
    ),
    ...plan.nics.flatMap(({ pci }) => nicFacts(pci)),
    "for device in /dev/vfio/[0-9]*; do stat -c 'vfio %n %G %a' $device 2>&1; done",
    ...plan.files.map(({ path }) => `echo "file" $(sha256sum ${path} 2>&1) $(stat -c '%U %G %a' ${path} 2>&1)`),
    `echo "arguments running" $(cat /proc/cmdline)`,
    `echo "arguments of the default entry" $(grep -m 1 '^\\s*linux' /boot/grub/grub.cfg)`,
    // Each side has one unit of its own that makes the functions at boot. Asked one by one: systemctl ends at the first that is not there.
    `echo "unit at boot" $(for unit in dpdk-node-boot dpdk-nics; do systemctl is-enabled $unit.service; done 2>/dev/null | grep -c '^enabled')`,
    "",
  ].join("\n");
}

function nicFacts(pci: string): string[] {
  const folder = `/sys/bus/pci/devices/${pci}`;
  return [
    `echo "nic ${pci}" $(cat ${folder}/sriov_numvfs ${folder}/sriov_drivers_autoprobe ${folder}/net/*/flags)`,
    `ip link show dev $(ls ${folder}/net) | grep -o 'vf [0-9]* .*link/ether [0-9a-f:]*'`,
    `for each in ${folder}/virtfn*; do echo "function $(basename $each)" $(readlink $each) $(readlink $each/driver); done`,
  ];
}

function kib(size: string): number {
  const factor = size.endsWith("G") ? 1024 * 1024 : 1024;
  return Number.parseInt(size, 10) * factor;
}
