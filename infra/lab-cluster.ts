import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../components/fleet/types";
import { guestAddresses } from "../components/lab/addresses";
import { LabControlPlane, nodeKubeconfigFile } from "../components/lab/control-plane/control-plane";
import { IMAGE_TAG, ProgramImage } from "../components/lab/program-image";
import type { LabRegistry } from "../components/lab/registry";
import type { WorkerSpec } from "../components/lab/worker";
import { guestsFolder } from "./registry";
import { guestFolder } from "./ssh-address";

/** What a cluster on this computer is made of; `npm run lab:k8s` builds it and tells the stack (tools/kubernetes). */
export interface LabPrograms {
  /** Absolute paths. */
  readonly kubernetes: string;
  readonly devicePlugin: string;
  readonly pause: string;
}

/** The lab's own cluster. */
export interface LabCluster {
  readonly controlPlane: LabControlPlane;
  /** The device plugin's image. */
  readonly devicePlugin: pulumi.Output<string>;
  /** What makes a machine a worker. */
  worker(machine: string): WorkerSpec | undefined;
  /** What a worker needs before it starts. */
  readonly before: readonly pulumi.Resource[];
}

/** Label of the lab's workers, for selectors of the fleet file. */
const WORKER_LABEL = "pantheonchain.org/dpdk";

/** The control plane and the images that a worker pulls; undefined where the fleet has no such cluster. */
export function labCluster(
  fleet: Fleet,
  labFolder: string,
  programs: LabPrograms | undefined,
  registry: LabRegistry | undefined,
): LabCluster | undefined {
  if (fleet.kubernetes?.cluster !== "lab") return undefined;
  if (programs === undefined || registry === undefined)
    throw new pulumi.RunError(
      `${fleet.file}: kubernetes.cluster: found lab; its stack needs dpdk-fleet:imageRepository: lab, and is started by npm run lab:k8s`,
    );
  const lab = guestsFolder(labFolder);
  const workers = fleet.machines.filter(({ worker }) => worker);
  const controlPlane = new LabControlPlane("control-plane", {
    lab,
    program: programs.kubernetes,
    nodes: workers.map(({ name }) => name),
  });
  const place = { registry: registry.address, pullFrom: registry.addressForGuests };
  const options = { dependsOn: registry };
  const pause = new ProgramImage("pause", { ...place, name: "pause", program: programs.pause }, options);
  // Its library wants a database of PCI names, of which an empty one is enough: names are only logged.
  const emptyFiles = ["usr/share/hwdata/pci.ids"];
  const plugin = new ProgramImage(
    "device-plugin",
    { ...place, name: "sriov-device-plugin", program: programs.devicePlugin, emptyFiles },
    options,
  );
  const worker = (machine: string): WorkerSpec | undefined => {
    const found = workers.find(({ name }) => name === machine);
    if (found === undefined) return undefined;
    const { lanAddress } = guestAddresses({ index: found.index, folder: guestFolder(labFolder, machine) });
    return {
      node: machine,
      kubeconfig: nodeKubeconfigFile(lab, machine),
      program: programs.kubernetes,
      registry: registry.addressForGuests,
      pause: `${registry.addressForGuests}/pause:${IMAGE_TAG}`,
      address: lanAddress,
      labels: { [WORKER_LABEL]: "" },
    };
  };
  return { controlPlane, devicePlugin: plugin.reference, worker, before: [controlPlane, pause, plugin] };
}
