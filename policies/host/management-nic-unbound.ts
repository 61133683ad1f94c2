import { kernelArgument } from "./arguments";
import { type HostNic, type HostPlan, planRule } from "./plan";

/**
 * A NIC that is bound to vfio-pci is gone from the kernel, and making virtual functions or changing most settings may take its link
 * away: done to the one that carries SSH, the node is lost until somebody stands before it.
 */
export const managementNicUnbound = planRule({
  name: "dpdk-management-nic-unbound",
  displayName: "The NIC that carries SSH stays with the kernel",
  description: "A DPDK node's management NIC is never bound, gets no virtual functions and is not reset.",
  severity: "critical",
  why: "Taking the NIC that carries SSH away from the kernel ends the way in, and with it every later repair.",
  source: "docs/failures.md, 7",
  group: "host",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Choose another NIC under `nics` of the fleet file; `hardware.wayIn` lists those that carry SSH.",
  mistakes: (plan) => [...taken(plan), ...boundByKind(plan)],
});

function taken({ nics, wayIn }: HostPlan): string[] {
  const carriers = new Set(wayIn.map((address) => address.toLowerCase()));
  return nics
    .filter((nic) => carriers.has(nic.pci.toLowerCase()))
    .flatMap(({ name, pci, bind, virtualFunctions, settings }) => {
      const what = bind
        ? `is bound to ${bind}`
        : virtualFunctions.length > 0
          ? "gets virtual functions"
          : resetting(settings ?? {});
      if (what === null) return [];
      return [`${name} (${pci}) carries the SSH connection and ${what}; choose another NIC`];
    });
}

/** Only GRO, GSO and TSO are changed without a reset by every driver: ixgbe resets for LRO and coalescing too. */
function resetting(settings: NonNullable<HostNic["settings"]>): string | null {
  const harmless = new Set(["offloads.gro", "offloads.tso", "offloads.gso"]);
  const paths = Object.entries(settings)
    .flatMap(([group, part]) => Object.keys(part).map((name) => `${group}.${name}`))
    .filter((path) => !harmless.has(path));
  return paths.length === 0 ? null : `is reset for ${paths.join(", ")}`;
}

/** By vendor and device, or by driver, at boot: every card of that kind, whichever carries SSH. */
function boundByKind({ kernel }: HostPlan): string[] {
  return kernel.arguments
    .map(kernelArgument)
    .filter(({ key }) => /^(vfio_pci|pci_stub)\.ids$|\.(max_vfs|num_vfs)$/.test(key))
    .map(({ key, token }) => {
      const what = key.endsWith(".ids") ? "binds" : "makes functions on";
      return `kernel argument ${token} ${what} every card of that kind, perhaps the one that carries SSH; name cards under nics`;
    });
}
