import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { oneVirtual, virtual } from "../../components/aws/fleet.fixture";
import type { EnaFleetArgs } from "../../components/aws/fleet-args";
import { fleetPlan } from "../../components/aws/fleet-plan";
import { hostKeyOfConsole } from "../../components/aws/host-key";
import { kvmProbe } from "../../components/lab/accelerator";
import { guestAddresses } from "../../components/lab/addresses";
import { makeDisk, removeDisk } from "../../components/lab/disk";
import { diskSpec, type LabGuestArgs, powerSpec } from "../../components/lab/guest";
import { poll } from "../../components/lab/poll";
import { powerOff, powerOn } from "../../components/lab/power";
import { wantedIncarnation } from "../../components/lab/state";
import { sshTo } from "../../components/lab/testing-guest";
import { labDiskPath } from "../../tools/lab-disk/disk";
import { converge, planOfGuest } from "./guest-as-instance";

// What an instance is told at its first boot, told to a guest by cloud-init's NoCloud instead of EC2. The image of AWS has cloud-init and a
// user `admin`; here both are given to the lab's Debian first. About ten minutes of emulation.
const cache = resolve(process.env.DPDK_FLEET_CACHE ?? ".cache");
const log = (line: string): void => {
  process.stderr.write(`  ${line}\n`);
};
const SEED = "/var/lib/cloud/seed/nocloud";
// What Debian's image for EC2 says of its user (wiki/Cloud/AmazonEC2Image), and that the network is the lab's.
const IMAGE = `datasource_list: [NoCloud, None]
network: { config: disabled }
system_info: { default_user: { name: admin, lock_passwd: true, shell: /bin/bash, sudo: ["ALL=(ALL) NOPASSWD:ALL"] } }
`;
let lab: string;
let guest: LabGuestArgs;

before(async () => {
  const disk = labDiskPath(cache);
  assert.ok(existsSync(disk), `there is no lab disk ${disk}: run npm start, which builds it`);
  mkdirSync(join(cache, "lab"), { recursive: true });
  lab = mkdtempSync(join(cache, "lab", "test-"));
  for (const key of ["lab", "operator"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(lab, key)]);
  mkdirSync(join(lab, "guests"));
  guest = guestArgs(disk);
  const hostKey = await makeDisk(diskSpec(guest, guestAddresses(guest)));
  await powerOn(powerSpec(guest, guestAddresses(guest), wantedIncarnation(guest.folder)), kvmProbe(disk), log);
  enterAs("root", "lab", hostKey);
  await sshTo(
    config(),
    "node",
    "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends cloud-init",
    900,
  );
  log("cloud-init is installed");
  await firstBoot();
});

after(async () => {
  await powerOff(guest.folder, log);
  removeDisk(guest.folder);
  rmSync(lab, { recursive: true });
});

function guestArgs(disk: string): LabGuestArgs {
  const numaNodes = [
    { cpus: [0, 1], memoryKiB: 1310720 },
    { cpus: [2, 3], memoryKiB: 1310720 },
  ];
  const operatorPublicKey = readFileSync(join(lab, "lab.pub"), "utf8").trim();
  const own = { hostname: "node", index: 9, peers: [10], direct: true, folder: join(lab, "guests", "node") };
  return { ...own, disk, numaNodes, accelerator: "tcg", user: "root", operatorPublicKey };
}

/** The user data of a planned instance, and a boot that is its first. */
async function firstBoot(): Promise<void> {
  const sshKeys = [readFileSync(join(lab, "operator.pub"), "utf8").trim()];
  const args: EnaFleetArgs = oneVirtual({
    access: { sshFrom: ["198.51.100.0/28"], sshKeys },
    instances: [virtual({ hugepages: { size: "2M", pages: [48, 64] } })],
  });
  const [planned] = fleetPlan("solo", args).instances;
  const files = {
    [`${SEED}/user-data`]: planned?.userData ?? "",
    [`${SEED}/meta-data`]: "instance-id: i-0123456789abcdef0\n",
    "/etc/cloud/cloud.cfg.d/99_image.cfg": IMAGE,
  };
  for (const [path, content] of Object.entries(files))
    await sshTo(
      config(),
      "node",
      `mkdir -p $(dirname ${path}) && printf %s ${Buffer.from(content).toString("base64")} | base64 -d >${path}`,
    );
  const before = readFileSync(console_(), "utf8").length;
  await sshTo(config(), "node", "cloud-init clean --logs && systemctl reboot").catch(() => undefined);
  const shown = () => hostKeyOfConsole("node", readFileSync(console_(), "utf8").slice(before));
  assert.ok(await poll({ limit: 400, every: 1 }, () => shown() !== null), "no host key on the console");
  enterAs("admin", "operator", shown() as string);
  const answers = () =>
    sshTo(config(), "node", "cloud-init status --wait >/dev/null; true").then(
      () => true,
      () => false,
    );
  assert.ok(await poll({ limit: 200, every: 1 }, answers), "admin cannot enter");
}

const console_ = () => join(guest.folder, "console.log");
const config = () => join(lab, "ssh_config");

/** From here on `node` is entered as this user, and only by this host key. */
function enterAs(user: string, key: string, hostKey: string): void {
  const { sshPort } = guestAddresses(guest);
  writeFileSync(join(lab, "known_hosts"), `[127.0.0.1]:${sshPort} ${hostKey}\n`);
  const host = `Host node\n HostName 127.0.0.1\n Port ${sshPort}\n User ${user}\n IdentityFile ${lab}/${key}\n IdentitiesOnly yes\n`;
  const strict = ` UserKnownHostsFile ${lab}/known_hosts\n GlobalKnownHostsFile /dev/null\n StrictHostKeyChecking yes\n BatchMode yes\n ConnectTimeout 20\n`;
  writeFileSync(config(), host + strict);
}

const pages = () =>
  sshTo(config(), "node", "cat /sys/devices/system/node/node[01]/hugepages/hugepages-2048kB/nr_hugepages").then(
    (text) => text.trim().split("\n"),
  );

test("the image's own user enters by the key that the console has shown, and may do everything", async () => {
  assert.equal(await sshTo(config(), "node", "id -un; sudo -n id -un"), "admin\nroot\n");
});

test("pages are set aside on each NUMA node before anybody enters", async () => {
  assert.deepEqual(await pages(), ["48", "64"]);
});

test("of host keys there is the one that the instance made: the image's are gone", async () => {
  assert.equal(await sshTo(config(), "node", "cd /etc/ssh && ls ssh_host_*_key"), "ssh_host_ed25519_key\n");
});

test("root and passwords are not let in", async () => {
  assert.match(
    await sshTo(config(), "node", "sudo -n sshd -T | grep -i ^passwordauthentication"),
    /^passwordauthentication no$/im,
  );
  const asRoot = sshTo(config(), "root@node", "true");
  await assert.rejects(asRoot);
});

test("a later boot keeps the host key, sets no pages anew, and shows no other key", async () => {
  const before = readFileSync(console_(), "utf8").length;
  await sshTo(config(), "node", "sudo -n systemctl reboot").catch(() => undefined);
  const back = () =>
    sshTo(config(), "node", "uptime -s").then(
      () => readFileSync(console_(), "utf8").slice(before).includes("Linux version"),
      () => false,
    );
  assert.ok(await poll({ limit: 300, every: 1 }, back), "it did not come back by the same host key");
  assert.deepEqual(await pages(), ["0", "0"]);
});

test("the host plan of an instance makes it a node, by the MACs of its interfaces; virtio's card stands in for ENA's", async () => {
  const { uplinkMac, lanMac } = guestAddresses(guest);
  const said = await converge(config(), planOfGuest(), { management: uplinkMac, dpdk0: lanMac });
  assert.match(said, /"stages"/, said);
  const card = "/sys/bus/pci/devices/0000:00:03.0";
  assert.equal(await sshTo(config(), "node", `basename $(readlink ${card}/driver)`), "vfio-pci\n");
  assert.match(await sshTo(config(), "node", `readlink ${card}/iommu_group`), /iommu_groups\/\d+$/m);
  assert.match(await sshTo(config(), "node", "cat /etc/pantheonchain/dpdk.conf"), /^port-0-pci = 0000:00:03\.0$/m);
  assert.match(
    await sshTo(config(), "node", "cat /proc/cmdline"),
    /hugepages=0:48,1:64 .*isolcpus=managed_irq,domain,1,3/,
  );
  assert.deepEqual(await pages(), ["48", "64"]);
  assert.match(await sshTo(config(), "node", "sudo -n dpdk-node-agent check"), /^nic-binding: ok/m);
});
