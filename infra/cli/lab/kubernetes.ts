import type { FleetKubernetes } from "../../../components/fleet/types";
import { ensureKubernetesPlugin } from "../../../tools/engine/kubernetes-plugin";
import { ensureKubernetes, ensurePodPrograms } from "../../../tools/kubernetes/kubernetes";
import type { LabPrograms } from "../../lab-cluster";
import { type Say, step } from "../progress";
import type { Engine } from "./engine";
import type { LabSettings } from "./settings";

/** All that a stack with a cluster needs beside the others: Pulumi's provider, and for the lab's own cluster its programs. Answers configuration. */
export async function setUpKubernetes(
  { cacheFolder }: LabSettings,
  { pulumi, environment, isBuilt }: Engine,
  { cluster }: FleetKubernetes,
  say: Say,
): Promise<Record<string, LabPrograms>> {
  const home = environment.PULUMI_HOME;
  await step(say, "Pulumi's Kubernetes provider", (log) =>
    ensureKubernetesPlugin({ pulumi, cacheFolder, home, tryOfficial: !isBuilt, log }),
  );
  if (cluster !== "lab") return {};
  return step(say, "Kubernetes", async (log) => {
    const { file: kubernetes } = await ensureKubernetes({ cacheFolder, log });
    const { devicePlugin, pause } = await ensurePodPrograms({ cacheFolder, log });
    return { "dpdk-fleet:labPrograms": { kubernetes, devicePlugin: devicePlugin.file, pause: pause.file } };
  });
}
