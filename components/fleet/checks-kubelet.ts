import { hugepageMisfits } from "../host/hugepages";
import { kubeletArgs } from "../host/kubelet";
import { EVICTION, reservedShares } from "../host/kubelet-plan";
import { formatMemory } from "../host/memory-size";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/** What would keep the kubelet from starting, or have two data planes on one node. */
export function kubeletMistakes(node: FleetNode): FleetProblem[] {
  const { kubelet, service } = node;
  if (kubelet === null) return [];
  if (service !== null) {
    const remedy = "the data plane of a worker is a pod (DpdkWorkload), not a unit; take out this, or kubelet";
    return [{ path: ["service"], value: service.runtime, remedy }];
  }
  return roomMistakes(node, kubelet);
}

function roomMistakes(node: FleetNode, kubelet: NonNullable<FleetNode["kubelet"]>): FleetProblem[] {
  const { numaNodes } = node.hardware;
  // Pages that do not fit are told by themselves.
  const memory = numaNodes.map(({ memoryKiB }) => memoryKiB);
  if (hugepageMisfits(node.hugepages, memory).length > 0) return [];
  const shares = reservedShares(node.name, kubeletArgs(node, kubelet));
  if (shares.length === 0) {
    const remedy = "has no housekeeping CPU in any NUMA node; write every CPU among them";
    return [{ path: ["hardware", "numaNodes"], remedy }];
  }
  const { systemMemory, kubeMemory } = kubelet;
  // The tightest one stands for all: one number is to be changed.
  const [tight] = shares.filter(({ kiB, freeKiB }) => freeKiB <= kiB).sort((a, b) => a.freeKiB - b.freeKiB);
  if (tight === undefined) return [];
  const { numaNode, kiB, freeKiB } = tight;
  const remedy =
    `with kubeMemory ${kubeMemory} and ${EVICTION} for eviction ${formatMemory(kiB)} are reserved on NUMA node ${numaNode}, ` +
    `which has ${formatMemory(Math.max(0, freeKiB))} beside its hugepages; reserve less, or set fewer hugepages aside`;
  return [{ path: ["kubelet", "systemMemory"], value: systemMemory, remedy }];
}
