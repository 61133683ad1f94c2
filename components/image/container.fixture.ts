import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Trial } from "./trial.fixture";

const run = promisify(execFile);

/** podman with a store of the trial's own. */
export interface TrialPodman {
  /** Answers what it printed; fails as execFile does. */
  podman(...args: string[]): Promise<string>;
  /** Ends its containers and removes what it left beside the trial's folder. */
  remove(): Promise<void>;
}

export function podmanOf(trial: Trial): TrialPodman {
  const folder = join(trial.folder, "podman");
  // podman 4 refuses a path of more than 50 characters (sockets have 108), and the project may lie deeper than that.
  const runroot = mkdtempSync(join(tmpdir(), "podman-"));
  const own = ["--root", join(folder, "storage"), "--runroot", runroot, "--storage-driver", "vfs"];
  const more = ["--tmpdir", join(folder, "tmp"), "--cgroup-manager", "cgroupfs", "--events-backend", "none"];
  // crun, podman's own choice, refuses a machine with cgroups of both versions.
  more.push("--runtime", "runc");
  // No systemd whose timers would run the health check: tests run it themselves.
  const env = { ...process.env, DISABLE_HC_SYSTEMD: "true" };
  mkdirSync(folder, { recursive: true });
  const podman = async (...args: string[]): Promise<string> =>
    (await run("podman", [...own, ...more, ...args], { env, timeout: 60_000 })).stdout.trim();
  const remove = async (): Promise<void> => {
    await podman("rm", "--all", "--force", "--time=0");
    rmSync(runroot, { recursive: true });
  };
  return { podman, remove };
}

/** Options of `podman run`: as confined as the service's unit has it, within limits that any machine lets it set. */
export const CONFINED = [
  ...["--network=none", "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--log-driver=k8s-file"],
  ...["--ulimit=nofile=1024:1024", "--ulimit=nproc=1000:1000", "--tmpfs=/run/pantheonchain:rw,mode=1777"],
];

/**
 * Writes config.toml and dpdk.conf of a node with a port that has a link and receives nothing (net_null with no-rx), in memory
 * without hugepages. Answers their folder, which belongs to /etc/pantheonchain of a container.
 */
export function writeConfiguration(folder: string): string {
  const cpu = availableParallelism() - 1;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "dpdk.conf"), dpdkConf(cpu));
  writeFileSync(join(folder, "config.toml"), configToml(cpu));
  return folder;
}

function dpdkConf(cpu: number): string {
  return `[global]
eal-args = -l ${cpu} -n 4 --proc-type=primary --no-huge --no-pci -m 256 --vdev=net_null0,no-rx=1
[memory]
hugepage-size = 2M
num-hugepages = 128
socket-mem = 256
[ports]
num-ports = 1
port-0-pci = net_null0
port-0-queues = 1
port-0-rx-desc = 512
port-0-tx-desc = 512
[performance]
rx-queues-per-port = 1
tx-queues-per-port = 1
burst-size = 32
mempool-cache-size = 256
mempool-size = 4095
[advanced]
enable-jumbo-frames = false
max-rx-pkt-len = 1518
enable-hw-checksum = true
enable-rss = false
rss-hash-key = auto
`;
}

function configToml(cpu: number): string {
  return `[network]
dpdk_enabled = true
dpdk_config = "/etc/pantheonchain/dpdk.conf"
max_peers = 500
max_pending_peers = 100
connection_timeout = 30
protocol_version = "1.0"
network_id = "image-test"
listen_address = "10.78.0.1"
listen_port = 30900
[network.dpdk]
poll_mode = "adaptive"
cpu_cores = [${cpu}]
rx_ring_size = 512
tx_ring_size = 512
burst_size = 32
rss_enabled = false
rss_queues = 1
zero_copy_enabled = true
direct_io_enabled = true
[performance]
network_threads = 1
consensus_threads = 0
tx_pool_threads = 0
[[network.peers]]
name = "beta"
address = "10.78.0.2"
port = 30900
mac = "52:54:00:d1:00:02"
`;
}
