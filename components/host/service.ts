import type { FleetNode } from "../fleet/types";
import { formatCpuSet } from "./cpu-set";
import type { HostPlan } from "./plan-schema";

/** Accounts, rights on vfio-bound functions and the service itself; nothing for a node without a service. */
export function planService(node: FleetNode): Pick<HostPlan, "accounts" | "vfioGroup" | "service"> {
  const { service, dataPlane, cpus } = node;
  if (service === null || dataPlane === null) return {};
  const { user, group, runtime, startSeconds } = service;
  const mount = node.hugepages.find(({ size }) => size === dataPlane.dpdkConf.memory.hugepageSize)?.mount;
  if (mount === undefined) throw new RangeError(`node ${node.name}: its data plane's hugepages are mounted nowhere`);
  const groups = mount.group === "root" || mount.group === group ? [] : [mount.group];
  return {
    accounts: { groups: [...new Set([group, ...groups])], users: [{ name: user, group, groups }] },
    vfioGroup: group,
    service: {
      runtime,
      user,
      group,
      configToml: dataPlane.configTomlPath,
      dpdkConf: dataPlane.dpdkConfPath,
      dataFolder: "/var/lib/pantheonchain",
      lcores: formatCpuSet(dataPlane.dpdkConf.global.lcores),
      housekeeping: formatCpuSet(cpus.housekeeping),
      hugepageMount: mount.path,
      functions: dataPlane.dpdkConf.ports.list.map(({ pci }) => pci),
      startSeconds,
    },
  };
}
