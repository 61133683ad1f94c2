import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { nodeWarnings } from "../components/fleet/checks-roles";
import { FleetFileError } from "../components/fleet/errors";
import { loadFleet } from "../components/fleet/load";
import type { Fleet } from "../components/fleet/types";
import { DpdkHost } from "../components/host/host";
import { hostPlan } from "../components/host/plan";
import { defaultRetryLimits } from "../components/host/retry";
import type { LabGuest } from "../components/lab/guest";
import { connectionTo } from "./connections";
import { dataPlaneImage } from "./image";
import { type Instance, startInstances } from "./instances";
import { clusterResources } from "./kubernetes";
import { type LabPrograms, labCluster } from "./lab-cluster";
import { startMachines } from "./machines";
import { labRegistry } from "./registry";
import { guestFolder, routeTo } from "./ssh-address";

// One environment: the fleet file that the stack names, its machines (in the lab) and its nodes.
const config = new pulumi.Config();
const project = resolve(__dirname, "..");
const fleet = readFleet(resolve(project, config.require("fleetFile")));
const cacheFolder = resolve(project, config.require("cacheFolder"));
const labFolder = resolve(cacheFolder, pulumi.getStack());
const places = { cacheFolder, labFolder };

const repository = config.require("imageRepository");
const registry = fleet.machines.length === 0 ? undefined : labRegistry(repository, labFolder);
const cluster = labCluster(fleet, labFolder, config.getObject<LabPrograms>("labPrograms"), registry);
const machines = startMachines(fleet, places, cluster);
const instances = startInstances(fleet, labFolder);
const image = dataPlaneImage(
  fleet,
  {
    repository,
    digest: config.require("imageDigest"),
    base: config.require("imageBase"),
    source: resolve(project, config.require("imageSource")),
    cacheFolder,
  },
  registry,
);

/** What each node's agent reported last: its plan's hash, the reboots done, every stage's state. */
export const nodes: Record<string, pulumi.Output<string>> = {};

const hosts: DpdkHost[] = [];
for (const node of fleet.nodes) {
  const route = routeTo(fleet, node, places);
  const machine = node.machine === null ? undefined : machines.get(node.machine);
  const instance = instances.get(node.name);
  const host = new DpdkHost(
    node.name,
    {
      plan: hostPlan(fleet, node.name),
      connection: connectionTo(route, node.ssh.sudo, { machines, instances }),
      ...(instance === undefined ? {} : { nics: instance.nics, machine: instance.id }),
      ...(image === undefined ? {} : { image }),
      journal: resolve(cacheFolder, "journal", pulumi.getStack()),
      limits: { ...defaultRetryLimits, seconds: node.limits.answerSeconds },
      ...(node.machine === null ? {} : { console: resolve(guestFolder(labFolder, node.machine), "console.log") }),
    },
    lifeOf(machine, instance),
  );
  hosts.push(host);
  nodes[node.name] = host.report;
  for (const line of nodeWarnings(node)) void pulumi.log.warn(line, host);
}

clusterResources(fleet, cluster, image, hosts);

/** A node whose machine goes with it needs no reverting; one whose machine stays gets back what it was. */
function lifeOf(machine: LabGuest | undefined, instance: Instance | undefined): pulumi.ComponentResourceOptions {
  if (machine !== undefined) return { dependsOn: [...machines.values()], deletedWith: machine };
  return instance === undefined ? {} : { deletedWith: instance.resource };
}

/** Mistakes of the fleet file are for a person: a line each, without the stack trace of a program's fault. */
function readFleet(file: string): Fleet {
  try {
    return loadFleet(file);
  } catch (error) {
    throw error instanceof FleetFileError ? new pulumi.RunError(error.message) : error;
  }
}
