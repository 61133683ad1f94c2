import { readFileSync } from "node:fs";
import type { Fleet, FleetMachine } from "../components/fleet/types";
import { LabGuest } from "../components/lab/guest";
import { labDiskPath } from "../tools/lab-disk/disk";
import type { LabCluster } from "./lab-cluster";
import { guestFolder, type LabPlaces, operatorKeyFile } from "./ssh-address";

/** Starts the fleet's virtual machines; an environment of real servers has none. */
export function startMachines(fleet: Fleet, places: LabPlaces, cluster: LabCluster | undefined): Map<string, LabGuest> {
  return new Map(fleet.machines.map((machine) => [machine.name, start(fleet, machine, places, cluster)]));
}

function start(
  fleet: Fleet,
  machine: FleetMachine,
  { cacheFolder, labFolder }: LabPlaces,
  cluster: LabCluster | undefined,
): LabGuest {
  const worker = cluster?.worker(machine.name);
  const args = {
    hostname: machine.name,
    index: machine.index,
    folder: guestFolder(labFolder, machine.name),
    disk: labDiskPath(cacheFolder, machine.firmware),
    firmware: machine.firmware,
    numaNodes: machine.numaNodes,
    accelerator: machine.accelerator,
    peers: fleet.machines.filter((other) => other.name !== machine.name).map((other) => other.index),
    direct: machine.direct,
    user: machine.login,
    operatorPublicKey: readFileSync(`${operatorKeyFile(cacheFolder)}.pub`, "utf8").trim(),
    ...(worker === undefined ? {} : { worker }),
  };
  return new LabGuest(
    `machine-${machine.name}`,
    args,
    cluster === undefined || worker === undefined ? {} : { dependsOn: [...cluster.before] },
  );
}
