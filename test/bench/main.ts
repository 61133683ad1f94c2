import { parseArgs } from "node:util";
import { labSettings } from "../../infra/cli/lab/settings";
import { benchAws } from "./aws";
import { benchDataplane } from "./dataplane";
import { type Figure, table, write } from "./figures";
import { benchHost } from "./host";
import { benchKubernetes } from "./kubernetes";
import { benchKubernetesLab } from "./kubernetes-lab";
import { benchLab } from "./lab";
import { benchPolicies } from "./policies";
import { benchBesideOthers } from "./policies/beside-others";

// npm run bench -- NAME [OPTION]: a table for people and benchmarks/NAME.json.
const usage = `usage: npm run bench -- lab [--cold]       how long the lab takes
       npm run bench -- host [--rounds N]  a node prepared by us and by Ansible, N times each (default 3)
       npm run bench -- dataplane [--pairs N] [--only PART]  DPDK against the kernel's sockets, N pairs of runs (default 6)
       npm run bench -- kubernetes [--lab] a control plane, and a workload of pods through the engine; a pod that runs, on the lab's guests
       npm run bench -- aws                a preview of 100 instances through the engine, on an echo of AWS
       npm run bench -- policies           the policy pack: 1,000 resources, its start, and the corpus of manifests
       npm run bench -- policies --others  the corpus of manifests by the policy pack and by other tools (benchmarks/policies-others.json)
`;

async function main(name: string | undefined, options: readonly string[]): Promise<void> {
  const bench = benchmark(name, options);
  if (name === undefined || bench === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const figures = await bench();
  process.stdout.write(`${table(figures)}\n`);
  const record = name === "policies" && options.length > 0 ? "policies-others" : name;
  process.stderr.write(`written: ${write(labSettings().projectFolder, record, figures)}\n`);
}

function benchmark(name: string | undefined, options: readonly string[]): (() => Promise<Figure[]>) | undefined {
  const [option, value] = options;
  if (name === "lab" && options.every((one) => one === "--cold")) return async () => benchLab(options.length > 0);
  if (name === "dataplane") return dataplane(options);
  if (name === "kubernetes" && option === undefined) return benchKubernetes;
  if (name === "kubernetes" && option === "--lab" && options.length === 1) return benchKubernetesLab;
  if (name === "aws" && option === undefined) return benchAws;
  if (name === "policies" && option === undefined) return benchPolicies;
  if (name === "policies" && option === "--others" && options.length === 1) return benchBesideOthers;
  const number = options.length === 2 && /^[1-9]\d?$/.test(value ?? "") ? Number(value) : undefined;
  if (name === "host" && option === undefined) return () => benchHost(3);
  if (name === "host" && option === "--rounds" && number !== undefined) return () => benchHost(number);
  return undefined;
}

function dataplane(args: readonly string[]): (() => Promise<Figure[]>) | undefined {
  const options = { pairs: { type: "string" }, only: { type: "string" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const { pairs = "6", only } = values;
  if (!/^[1-9]\d?$/.test(pairs)) return undefined;
  return () => benchDataplane({ pairs: Number(pairs), ...(only === undefined ? {} : { only }) });
}

main(process.argv[2], process.argv.slice(3)).catch((error: Error) => {
  process.stderr.write(`dpdk-fleet: ${error.message}\n`);
  process.exitCode = 1;
});
