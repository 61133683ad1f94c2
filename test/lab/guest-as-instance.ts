import { parseFleet } from "../../components/fleet/load";
import { agentArchive } from "../../components/host/agent-archive";
import { hostPlan } from "../../components/host/plan";
import { planText } from "../../components/host/plan-text";
import { poll } from "../../components/lab/poll";
import { run } from "../../infra/cli/command";

/**
 * A fleet file whose only node is an instance, on metal: Debian's kernel has the guest's IOMMU on, and the agent refuses to go without one that is
 * there. Of a guest of the lab are the numbers of its CPUs and memory.
 */
const FLEET = `
version: 1
site: solo
provider: aws
aws:
  region: eu-central-1
  environment: lab
  network: { kind: new, cidr: 10.80.0.0/16, zones: { eu-central-1a: {} } }
  access: { sshFrom: [198.51.100.0/28], sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5vdEFLZXlPZkFueWJvZHlCdXRBVGVzdHNPbmU0"] }
  images: { x86_64: { ami: ami-0123456789abcdef0, distribution: debian-12 } }
nodes:
  node:
    instance: { index: 0, type: c6in.metal, zone: eu-central-1a, smt: true }
    hardware:
      cpus: 0-3
      smtSiblings: ["0", "1", "2", "3"]
      numaNodes: [{ cpus: 0-1, memory: 1280M }, { cpus: 2-3, memory: 1280M }]
    cpus: { isolated: "1,3" }
    hugepages: [{ size: 2M, pages: [48, 64], mount: { owner: root, group: root } }]
    kernel: { iommu: intel, trialSeconds: 600 }
    nics: [{ name: dpdk0, bind: vfio-pci }]
    dataPlane:
      ports: [{ nic: dpdk0 }]
      queues: 1
      rss: false
      rxDescriptors: 256
      txDescriptors: 256
      network: { networkId: solo }
      threads: { network: 1, consensus: 0, transactionPool: 0 }
`;

/** The node's plan, for a guest whose card is virtio's: that is the one word which is not the instance's. */
export function planOfGuest(): string {
  return planText(hostPlan(parseFleet(FLEET, "solo.fleet.yaml"), "node")).replace(
    '"driver":"ena"',
    '"driver":"virtio-pci"',
  );
}

/** Makes the guest what the plan says, as the engine does: again after every reboot, 900 s at most. Answers the agent's last words. */
export async function converge(config: string, plan: string, nics: Record<string, string>): Promise<string> {
  const agent = agentArchive();
  const options = Object.entries(nics).map(([name, mac]) => `--nic ${name}=${mac}`);
  const ssh = (command: string, input = "") => run("ssh", ["-F", config, "node", command], { seconds: 120, input });
  await run("scp", ["-F", config, agent.path, "node:agent.pyz"], { seconds: 120 });
  const installed = await ssh(`sudo -n python3 ./agent.pyz install --sha256 ${agent.sha256}`);
  if (installed.code !== 0) return installed.err;
  let said = "";
  const isMade = async () => {
    const { code, out, err } = await ssh(`sudo -n dpdk-node-agent converge ${options.join(" ")}`, plan);
    said = `${out}${err}`.trim();
    if (code !== 0 && code !== 75 && code !== 255) throw new Error(said); // 75: ask again; 255: it reboots
    return code === 0;
  };
  await poll({ limit: 900, every: 5 }, isMade);
  return said;
}
