import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { labDiskPath } from "../../tools/lab-disk/disk";
import { kvmProbe } from "./accelerator";
import { guestAddresses } from "./addresses";
import { makeDisk, removeDisk } from "./disk";
import { diskSpec, type LabGuestArgs, powerSpec } from "./guest";
import { poll } from "./poll";
import { powerOff, powerOn } from "./power";
import { runningRecord, wantedIncarnation } from "./state";
import { rebootGuest, sshTo } from "./testing-guest";

// Two real guests, started and stopped as the resources do it, without the engine. Takes about five minutes of emulation.
const run = promisify(execFile);
const cache = resolve(process.env.DPDK_FLEET_CACHE ?? ".cache");
const base = labDiskPath(cache);
const log = (line: string): void => {
  process.stderr.write(`  ${line}\n`);
};

let lab: string;
let guests: { alpha: LabGuestArgs; beta: LabGuestArgs };
let hostKeys: string[];

before(async () => {
  assert.ok(existsSync(base), `there is no lab disk ${base}: run npm start, which builds it`);
  mkdirSync(join(cache, "lab"), { recursive: true });
  lab = mkdtempSync(join(cache, "lab", "test-"));
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(lab, "key")]);
  mkdirSync(join(lab, "guests"));
  guests = { alpha: guest("alpha", 1, [2]), beta: guest("beta", 2, [1]) };
  hostKeys = await Promise.all(both().map((args) => makeDisk(diskSpec(args, guestAddresses(args)))));
  await Promise.all(both().map(start));
  writeSshConfig();
});

after(async () => {
  for (const args of both()) {
    await powerOff(args.folder, log);
    removeDisk(args.folder);
  }
  assert.ok(!existsSync(join(lab, "guests")), "the last guest takes the folder of the guests with it");
  rmSync(lab, { recursive: true });
});

test("root is entered directly, operator through alpha, each with the host key that was made for it", async () => {
  assert.equal(await ssh("alpha", "id -un; hostname"), "root\nalpha\n");
  assert.equal(await ssh("beta", "id -un; hostname; sudo -n id -un"), "operator\nbeta\nroot\n");
});

test("a disk that is there keeps its host key", async () => {
  assert.equal(await makeDisk(diskSpec(guests.alpha, guestAddresses(guests.alpha))), hostKeys[0]);
});

test("starting a guest that runs changes nothing", async () => {
  const before = runningRecord(guests.alpha.folder);
  await start(guests.alpha);
  assert.deepEqual(runningRecord(guests.alpha.folder), before);
});

test("a guest is an ordinary server: two NUMA nodes, its grub.cfg as update-grub would write it, no failed unit", async () => {
  assert.match(await ssh("alpha", "lscpu"), /NUMA node0 CPU\(s\): +0,1\nNUMA node1 CPU\(s\): +2,3\n/);
  await ssh(
    "alpha",
    "cp /boot/grub/grub.cfg /tmp/before && update-grub 2>/dev/null && cmp /tmp/before /boot/grub/grub.cfg",
  );
  assert.equal(await ssh("alpha", "systemctl --failed --quiet --no-legend"), "");
  assert.equal(await ssh("alpha", "ls /sys/bus/pci/devices/0000:00:02.0/virtio*/net"), "enp0s2\n");
  assert.equal(await ssh("alpha", "cat /sys/class/net/enp1s0/address"), "52:54:00:d0:00:01\n");
});

test("the data NICs of two guests reach each other", async () => {
  await ssh("alpha", "ip address add 10.88.0.1/24 dev enp1s0 && ip link set enp1s0 up");
  await ssh("beta", "sudo ip address add 10.88.0.2/24 dev enp1s0 && sudo ip link set enp1s0 up");
  assert.match(await ssh("alpha", "ping -q -c 3 -w 60 10.88.0.2"), / 0% packet loss/);
});

test("new kernel arguments come with a reboot, and virtual functions get IOMMU groups of their own", async () => {
  const line = 'GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on iommu=pt"';
  await ssh("alpha", `echo '${line}' > /etc/default/grub.d/zz-test.cfg && update-grub 2>/dev/null`);
  await reboot("alpha");
  assert.match(await ssh("alpha", "cat /proc/cmdline"), /intel_iommu=on iommu=pt/);
  await ssh("alpha", "ip link set enp1s0 up && echo 2 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs");
  const groups = "for f in 01:00.0 01:10.0 01:10.2; do readlink /sys/bus/pci/devices/0000:$f/iommu_group; done";
  assert.equal(new Set((await ssh("alpha", groups)).trim().split("\n")).size, 3);
});

test("a trial boot that panics is followed by the ordinary one", async () => {
  const entry = `menuentry trial --id trial {
search --no-floppy --fs-uuid --set=root $(findmnt -no UUID /)
linux /boot/vmlinuz-$(uname -r) root=UUID=$(findmnt -no UUID /) ro console=ttyS0,115200 panic=1 init=/bin/false
initrd /boot/initrd.img-$(uname -r)
}`;
  await ssh("alpha", `cat > /boot/grub/custom.cfg <<E\n${entry}\nE\ngrub-reboot trial`);
  await reboot("alpha");
  assert.match(readFileSync(join(guests.alpha.folder, "console.log"), "utf8"), /Kernel panic - not syncing/);
  assert.match(await ssh("alpha", "cat /proc/cmdline"), /intel_iommu=on iommu=pt/);
});

test("a guest that is gone is started again, with its disk", async () => {
  await ssh("alpha", "echo kept > /root/file && sync");
  const before = runningRecord(guests.alpha.folder);
  process.kill(before?.pid as number, "SIGKILL");
  assert.ok(await poll({ limit: 10, every: 0.1 }, () => runningRecord(guests.alpha.folder) === null));
  assert.equal(wantedIncarnation(guests.alpha.folder), 2);
  await start(guests.alpha);
  assert.equal(wantedIncarnation(guests.alpha.folder), 2);
  assert.equal(await ssh("alpha", "cat /root/file"), "kept\n");
});

function guest(hostname: string, index: number, peers: number[]): LabGuestArgs {
  const direct = index === 1;
  return {
    hostname,
    index,
    peers,
    direct,
    folder: join(lab, "guests", hostname),
    disk: base,
    numaNodes: [
      { cpus: [0, 1], memoryKiB: 1310720 },
      { cpus: [2, 3], memoryKiB: 1310720 },
    ],
    accelerator: "tcg",
    user: direct ? "root" : "operator",
    operatorPublicKey: readFileSync(join(lab, "key.pub"), "utf8").trim(),
  };
}

function both(): LabGuestArgs[] {
  return [guests.alpha, guests.beta];
}

function start(args: LabGuestArgs): Promise<void> {
  return powerOn(powerSpec(args, guestAddresses(args), wantedIncarnation(args.folder)), kvmProbe(args.disk), log);
}

function writeSshConfig(): void {
  const [alpha, beta] = both().map((args) => guestAddresses(args));
  assert.ok(alpha && beta);
  const known = `[127.0.0.1]:${alpha.sshPort} ${hostKeys[0]}\n${beta.lanAddress} ${hostKeys[1]}\n`;
  writeFileSync(join(lab, "known_hosts"), known);
  const config = `Host alpha\n HostName 127.0.0.1\n Port ${alpha.sshPort}\n User root
Host beta\n HostName ${beta.lanAddress}\n User operator\n ProxyCommand ssh -F ${lab}/ssh_config -W %h:%p alpha
Host *\n IdentityFile ${lab}/key\n IdentitiesOnly yes\n UserKnownHostsFile ${lab}/known_hosts\n GlobalKnownHostsFile /dev/null
 StrictHostKeyChecking yes\n BatchMode yes\n ConnectTimeout 20\n ServerAliveInterval 10\n`;
  writeFileSync(join(lab, "ssh_config"), config);
}

function ssh(name: "alpha" | "beta", command: string): Promise<string> {
  return sshTo(join(lab, "ssh_config"), name, command);
}

function reboot(name: "alpha" | "beta"): Promise<void> {
  return rebootGuest(join(lab, "ssh_config"), name, log);
}
