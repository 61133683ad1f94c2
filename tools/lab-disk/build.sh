#!/usr/bin/env bash
# Builds the lab's disk: Debian with GRUB for BIOS in one ext4 partition, as a raw sparse file. Needs root, and neither loop
# devices nor KVM. Called by ensure.ts:  build.sh OUTPUT SUITE MIRROR FOLDER
# FOLDER is for work in progress; MIRROR may be empty (mmdebstrap's default then). Steps are reported as lines "step: …".
set -euo pipefail
output=$1 suite=$2 mirror=$3 work=$4
here=$(cd "$(dirname "$0")" && pwd)
tree=$work/tree
# The same for every disk: guests are never on one another's machine, and grub.cfg stays the same from build to build.
uuid=6d9c1b1e-5f0a-4c55-9a53-6c61622d6469
disk_mib=8192
start_sector=2048

packages=$(grep -v '^#' "$here/packages.txt" | paste -sd,)
rm -rf "$work"
mkdir -p "$work"

echo "step: Debian packages"
# Documentation is left out: a third of the files. eatmydata is not needed, dpkg's own force-unsafe-io does the same.
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --aptopt='Acquire::Languages "none"' \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools"' \
  --essential-hook="cp -r '$here/files/etc/initramfs-tools/.' \"\$1/etc/initramfs-tools/\"" \
  --essential-hook='echo "grub-pc grub-pc/install_devices_empty boolean true" | chroot "$1" debconf-set-selections' \
  --customize-hook="cp -r '$here/files/.' \"\$1/\"" \
  --customize-hook="'$here/customize.sh' \"\$1\" $uuid" \
  "$suite" "$tree" $mirror

echo "step: file system"
rm -f "$output"
truncate -s ${disk_mib}M "$output"
partition_kib=$((disk_mib * 1024 - start_sector / 2))
# One inode for 32 KiB: 0.25 million instead of half a million, which a guest would otherwise initialize at its first boot.
mke2fs -q -t ext4 -F -L lab-root -U $uuid -i 32768 -m 1 -d "$tree" \
  -E "offset=$((start_sector * 512)),lazy_itable_init=0,lazy_journal_init=1,hash_seed=$uuid" "$output" ${partition_kib}k

echo "step: boot loader"
printf 'label: dos\nlabel-id: 0x6c616264\nstart=%d, type=83, bootable\n' $start_sector | sfdisk --quiet --no-tell-kernel "$output"
modules=$tree/usr/lib/grub/i386-pc
grub-mkimage -O i386-pc -d "$modules" -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" \
  biosdisk part_msdos ext2 serial terminal normal
# boot.img may take the first 440 bytes (the partition table follows), core.img the gap before the first partition.
dd if="$modules/boot.img" of="$output" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$output" bs=512 seek=1 conv=notrunc status=none
rm -rf "$work"
