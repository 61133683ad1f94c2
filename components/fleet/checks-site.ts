import { formatCpuSet } from "../host/cpu-set";
import { isLate } from "../host/nics";
import type { FleetProblem } from "./errors";
import type { FleetKubernetes, FleetMachine, FleetNode } from "./types";

type Path = readonly (string | number)[];

/** Takes something that there is once in a fleet; a second claim is a problem. */
type Claim = (what: string, path: Path, owner: string, value: unknown) => void;

/** What nodes, pods and machines mean together; paths from the top. No node at all is right: the last one can be taken out. */
export function siteMistakes(
  nodes: readonly FleetNode[],
  machines: readonly FleetMachine[],
  kubernetes: FleetKubernetes | null,
): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const owners = new Map<string, string>();
  const claim: Claim = (what, path, owner, value) => {
    const other = owners.get(what);
    if (other === undefined) owners.set(what, owner);
    else problems.push({ path, value, remedy: `is ${other} already; each has one of its own` });
  };
  for (const node of nodes) claimPlace(node, claim);
  for (const node of nodes) claimAddresses(node, claim);
  for (const [name, { nodes: pods }] of kubernetes?.workloads ?? []) claimPods(name, pods, claim);
  for (const machine of machines) {
    claim(
      `index ${machine.index}`,
      ["machines", machine.name, "index"],
      `the index of machine ${machine.name}`,
      machine.index,
    );
    problems.push(...machineMistakes(machine));
  }
  return problems;
}

function claimPlace({ name, machine, ssh }: FleetNode, claim: Claim): void {
  if (machine !== null) claim(`machine ${machine}`, ["nodes", name, "machine"], `the machine of node ${name}`, machine);
  if (ssh.address.kind === "machine") return;
  const { host, port } = ssh.address;
  // Behind two bastions the same private address may be two hosts.
  const through = ssh.via === null ? "" : JSON.stringify(ssh.via.address);
  claim(`host ${host} ${port} ${through}`, ["nodes", name, "ssh", "host"], `the host of node ${name}`, host);
}

function claimAddresses({ name, hardware, nics, dataPlane }: FleetNode, claim: Claim): void {
  const network = dataPlane?.configToml.network;
  const addresses = [
    ["address", network?.listenAddress ?? null],
    ["address6", network?.listenAddress6 ?? null],
  ] as const;
  for (const [key, address] of addresses) {
    const path = ["nodes", name, "dataPlane", "network", key];
    if (address !== null) claim(`address ${address}`, path, `the address of node ${name}`, address);
  }
  for (const [nic, { mac }] of hardware.nics) {
    if (isLate(mac)) continue;
    claim(`mac ${mac}`, ["nodes", name, "hardware", "nics", nic, "mac"], `the address of ${name}.${nic}`, mac);
  }
  for (const [n, nic] of nics.entries()) {
    for (const [f, { mac }] of nic.virtualFunctions.entries()) {
      const path = ["nodes", name, "nics", n, "virtualFunctions", f, "mac"];
      claim(`mac ${mac}`, path, `the address of virtual function ${f} of ${name}.${nic.name}`, mac);
    }
  }
}

function claimPods(name: string, pods: readonly { readonly address?: string | undefined }[], claim: Claim): void {
  for (const [index, { address }] of pods.entries()) {
    const [ip] = address?.split("/") ?? [];
    const path = ["kubernetes", "workloads", name, "nodes", index, "address"];
    if (ip !== undefined) claim(`address ${ip}`, path, `the address of pod ${index} of ${name}`, address);
  }
}

function machineMistakes({ name, cpus, numaNodes }: FleetMachine): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const say = (remedy: string) =>
    problems.push({ path: ["machines", name, "cpus"], value: formatCpuSet(cpus), remedy });
  const inside = numaNodes.flatMap((numaNode) => [...numaNode.cpus]).sort((a, b) => a - b);
  if (inside.join() !== cpus.join()) {
    say(`its NUMA nodes have CPUs ${formatCpuSet(inside)}; each CPU of the machine is in exactly one of them`);
  }
  if (cpus.some((cpu, index) => cpu !== index)) say("must start at 0 and leave none out, such as 0-3");
  return problems;
}
