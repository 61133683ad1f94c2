import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../components/fleet/types";
import type { NodeImage } from "../components/host/host";
import type { Base } from "../components/image/build-command";
import { ImageError } from "../components/image/errors";
import { type BuiltImageArgs, DataPlaneImage, type DataPlaneImageArgs } from "../components/image/image";
import { pmdsFor } from "../components/image/pmds";
import type { LabRegistry } from "../components/lab/registry";

/** What the stack says of the data plane's image. */
export interface ImageSettings {
  /** `REGISTRY/NAME`; `lab`: the lab's own registry, started with it. */
  repository: string;
  /** Of an image that exists; empty: it is built from `source` and pushed. */
  digest: string;
  /** The Debian release that an image is built of, `bookworm` or `trixie`. */
  base: string;
  source: string;
  cacheFolder: string;
}

/** The image of the fleet's services and pods; undefined where there are none. `registry`: the lab's, where the image comes there. */
export function dataPlaneImage(
  fleet: Fleet,
  settings: ImageSettings,
  registry: LabRegistry | undefined,
): NodeImage | undefined {
  const serving = [
    ...fleet.nodes.filter((node) => node.service !== null).map((node) => `node ${node.name} has a service`),
    ...[...(fleet.kubernetes?.workloads.keys() ?? [])].map((name) => `workload ${name} has pods`),
  ];
  if (serving.length === 0) return undefined;
  if (settings.repository === "")
    throw new pulumi.RunError(
      `${fleet.file}: ${serving.join(", ")}, and the stack names no image; set dpdk-fleet:imageRepository to REGISTRY/NAME`,
    );
  try {
    const place: Pick<DataPlaneImageArgs, "repository" | "pullFrom" | "plainHttp"> =
      registry === undefined
        ? { repository: settings.repository }
        : {
            repository: `${registry.address}/pantheon-node`,
            pullFrom: `${registry.addressForGuests}/pantheon-node`,
            plainHttp: true,
          };
    const args: DataPlaneImageArgs =
      settings.digest === ""
        ? { ...place, ...building(settings), pmds: pmdsOf(fleet) }
        : { ...place, digest: settings.digest };
    return new DataPlaneImage("data-plane-image", args, registry === undefined ? {} : { dependsOn: registry });
  } catch (error) {
    throw error instanceof ImageError || error instanceof RangeError ? new pulumi.RunError(error.message) : error;
  }
}

function building({
  source,
  cacheFolder,
  base,
}: ImageSettings): Pick<BuiltImageArgs, "source" | "cacheFolder" | "base"> {
  return { source, cacheFolder, base: base as Base }; // one that is none is refused by the component
}

/** The drivers of all cards that any data plane may use: one image serves the whole fleet. */
function pmdsOf(fleet: Fleet): string[] {
  const ofNodes = fleet.nodes.flatMap((node) =>
    node.nics.flatMap(({ name }) => node.hardware.nics.get(name)?.driver ?? []),
  );
  const pods = [...(fleet.kubernetes?.workloads.values() ?? [])].map(({ nic }) => nic);
  const ofPods = pods.flatMap(({ driver }) => driver ?? []);
  const ofSockets = pods.some(({ mode }) => mode === "af-xdp") ? ["net_af_xdp"] : [];
  if (ofNodes.length + ofPods.length + ofSockets.length === 0)
    throw new pulumi.RunError(
      `${fleet.file}: no node and no workload says which card its image is for; ` +
        "write nic.driver at the workload, or give the stack dpdk-fleet:imageDigest",
    );
  return [...pmdsFor([...ofNodes, ...ofPods]), ...ofSockets].sort();
}
