import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { NEEDED_FOR_UEFI } from "../../tools/debian/needed";
import { ensurePackages } from "../../tools/debian/packages";
import { ensureLabDisk } from "../../tools/lab-disk/disk";
import { kvmProbe } from "./accelerator";
import { guestAddresses } from "./addresses";
import { makeDisk, removeDisk } from "./disk";
import { diskSpec, type LabGuestArgs, powerSpec } from "./guest";
import { powerOff, powerOn } from "./power";
import { wantedIncarnation } from "./state";
import { rebootGuest, sshTo } from "./testing-guest";

// One real guest with UEFI firmware, and six boots of it. The disk is built when it is not there, in three minutes.
const cache = resolve(process.env.DPDK_FLEET_CACHE ?? ".cache");
const log = (line: string): void => {
  process.stderr.write(`  ${line}\n`);
};

// The running kernel's own arguments, in the guest's shell.
const ARGUMENTS = "$(sed -E 's/(BOOT_IMAGE|initrd)=[^ ]* ?//g; s/ ?lab[.][a-z]+//g' /proc/cmdline)";

let lab: string;
let guest: LabGuestArgs;

before(async () => {
  await ensurePackages({ cacheFolder: cache, log, needed: NEEDED_FOR_UEFI });
  const disk = await ensureLabDisk({ cacheFolder: cache, firmware: "uefi", log });
  mkdirSync(join(cache, "lab"), { recursive: true });
  lab = mkdtempSync(join(cache, "lab", "test-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(lab, "key")]);
  guest = {
    hostname: "gamma",
    index: 1,
    peers: [],
    direct: true,
    folder: join(lab, "guests", "gamma"),
    disk,
    firmware: "uefi",
    numaNodes: [{ cpus: [0, 1], memoryKiB: 1572864 }],
    accelerator: "tcg",
    user: "root",
    operatorPublicKey: readFileSync(join(lab, "key.pub"), "utf8").trim(),
    bootSeconds: 900,
  };
  mkdirSync(join(lab, "guests"));
  const hostKey = await makeDisk(diskSpec(guest, guestAddresses(guest)));
  await start();
  writeFileSync(join(lab, "known_hosts"), `[127.0.0.1]:${guestAddresses(guest).sshPort} ${hostKey}\n`);
  const config = `Host gamma\n HostName 127.0.0.1\n Port ${guestAddresses(guest).sshPort}\n User root
 IdentityFile ${lab}/key\n IdentitiesOnly yes\n UserKnownHostsFile ${lab}/known_hosts\n GlobalKnownHostsFile /dev/null
 StrictHostKeyChecking yes\n BatchMode yes\n ConnectTimeout 60\n ServerAliveInterval 10\n`;
  writeFileSync(join(lab, "ssh_config"), config);
});

after(async () => {
  await powerOff(guest.folder, log);
  removeDisk(guest.folder);
  assert.ok(!existsSync(guest.folder), "nothing is left of the guest, its UEFI variables least of all");
  rmSync(lab, { recursive: true });
});

test("a UEFI guest is an ordinary server: GRUB from its EFI partition, no secure boot, its grub.cfg as update-grub would write it", async () => {
  assert.equal(await ssh("id -un; hostname; ls -d /sys/firmware/efi"), "root\ngamma\n/sys/firmware/efi\n");
  assert.equal(
    await ssh("findmnt -no FSTYPE,OPTIONS /sys/firmware/efi/efivars | grep -o 'efivarfs rw'"),
    "efivarfs rw\n",
  );
  assert.equal(await ssh("od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-*"), "   0\n");
  assert.equal(await ssh("for place in /boot / /boot/efi; do findmnt -no FSTYPE $place; done"), "btrfs\next4\nvfat\n");
  // But for the entry that leads to the firmware's own menu, which update-grub writes where it runs on such firmware.
  const menu = "sed '/BEGIN .*30_uefi-firmware/,/END .*30_uefi-firmware/d' /boot/grub/grub.cfg";
  const built = await ssh(menu);
  await ssh("update-grub 2>/dev/null");
  assert.equal(await ssh(menu), built);
  assert.equal(await ssh("systemctl --failed --quiet --no-legend"), "");
});

test("an entry named in BootNext boots, with virtual functions in IOMMU groups of their own", async () => {
  const entry = await makeEntry("trial", "intel_iommu=on iommu=pt lab.trial");
  await ssh(`efibootmgr --bootnext ${entry}`);
  await reboot();
  assert.match(await ssh("cat /proc/cmdline"), / intel_iommu=on iommu=pt lab\.trial$/m);
  const now = await ssh("efibootmgr");
  assert.match(now, new RegExp(`^BootCurrent: ${entry}$`, "m"));
  assert.doesNotMatch(now, /^BootNext/m);
  assert.doesNotMatch(now, new RegExp(`^BootOrder:.*${entry}`, "m"));
  await ssh("ip link set enp1s0 up && echo 2 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs");
  const groups = "for f in 01:00.0 01:10.0 01:10.2; do readlink /sys/bus/pci/devices/0000:$f/iommu_group; done";
  assert.equal(new Set((await ssh(groups)).trim().split("\n")).size, 3);
});

test("one that panics is followed by the ordinary entry, and neither it nor the one before boots again by itself", async () => {
  const entry = await makeEntry("panics", "panic=1 init=/bin/false");
  await ssh(`efibootmgr --bootnext ${entry}`);
  await reboot();
  assert.match(readFileSync(join(guest.folder, "console.log"), "utf8"), /Kernel panic - not syncing/);
  assert.doesNotMatch(await ssh("cat /proc/cmdline"), /panic=1|lab\.trial/);
  assert.match(await ssh("efibootmgr"), /^Boot[0-9A-F]{4}. trial/m, "an entry outlives reboots");
});

test("GRUB's own one-shot entry repeats for ever, since GRUB cannot write to btrfs; UEFI variables outlive the guest's power", async () => {
  const entry = `menuentry trial --id trial {
search --no-floppy --fs-uuid --set=root $(findmnt -no UUID /boot)
linux /vmlinuz-$(uname -r) ${ARGUMENTS} lab.repeats
initrd /initrd.img-$(uname -r)
}`;
  await ssh(`cat > /boot/grub/custom.cfg <<E\n${entry}\nE\ngrub-reboot trial`);
  await reboot();
  assert.match(await ssh("cat /proc/cmdline"), /lab\.repeats/);
  await powerOff(guest.folder, log);
  await start();
  assert.match(await ssh("cat /proc/cmdline"), /lab\.repeats/);
  assert.match(await ssh("efibootmgr"), /^Boot[0-9A-F]{4}. trial/m);
});

/** A boot entry for the running kernel, started by the firmware itself, in no boot order. Answers its number. */
async function makeEntry(label: string, extra: string): Promise<string> {
  const folder = `/boot/efi/EFI/${label}`;
  await ssh(`mkdir -p ${folder} && cp /boot/vmlinuz-$(uname -r) ${folder}/vmlinuz.efi
cp /boot/initrd.img-$(uname -r) ${folder}/initrd.img && sync --file-system ${folder}`);
  const args = `${ARGUMENTS} initrd=\\\\EFI\\\\${label}\\\\initrd.img ${extra}`;
  const loader = `\\\\EFI\\\\${label}\\\\vmlinuz.efi`;
  const create = `efibootmgr --create-only --disk /dev/vda --part 1 --label ${label} --loader "${loader}" --unicode "${args}"`;
  const number = new RegExp(`^Boot([0-9A-F]{4}). ${label}`, "m").exec(await ssh(create))?.[1];
  assert.ok(number, `efibootmgr made no entry ${label}`);
  return number;
}

function start(): Promise<void> {
  const spec = powerSpec(guest, guestAddresses(guest), wantedIncarnation(guest.folder));
  return powerOn(spec, kvmProbe(guest.disk, guest.firmware), log);
}

function ssh(command: string): Promise<string> {
  return sshTo(join(lab, "ssh_config"), "gamma", command, 300);
}

function reboot(): Promise<void> {
  return rebootGuest(join(lab, "ssh_config"), "gamma", log, 900);
}
