#!/usr/bin/env bash
# Builds the lab's disk, Debian with GRUB for BIOS in one ext4 partition, as a raw sparse file:
#     build.sh DISK SUITE MIRROR
# Needs root, and neither loop devices nor KVM. MIRROR may be empty: mmdebstrap's default then. DISK appears when it is whole; a
# second build of the same folder waits for the first and finds it done. Each step is told as a line "step: …".
set -euo pipefail
disk=$1 suite=$2 mirror=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$disk")/building
tree=$work/tree

# With mounts of its own, nothing of the tree stays mounted however the build ends. Not allowed in some containers.
if [ -z "${LAB_DISK_NAMESPACE:-}" ] && unshare --mount true 2> /dev/null; then
  LAB_DISK_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi

exec 9> "$work.lock"
flock 9
[ ! -e "$disk" ] || exit 0
clean() { rm -rf --one-file-system "$work"; }
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
clean
mkdir -p "$work"

# The same for every disk: no machine ever sees two of them, and grub.cfg is the same from build to build.
uuid=6d9c1b1e-5f0a-4c55-9a53-6c61622d6469
disk_mib=8192
start_sector=2048

echo "step: Debian packages"
packages=$(grep -v '^#' "$here/packages.txt" | paste -sd,)
# Documentation is left out: a third of the files.
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --aptopt='Acquire::Languages "none"' \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --essential-hook="mkdir -p \"\$1/etc/initramfs-tools\"" \
  --essential-hook="cp -r '$here/files/etc/initramfs-tools/.' \"\$1/etc/initramfs-tools/\"" \
  --essential-hook="echo 'grub-pc grub-pc/install_devices_empty boolean true' | chroot \"\$1\" debconf-set-selections" \
  --customize-hook="cp -r '$here/files/.' \"\$1/\"" \
  --customize-hook="'$here/customize.sh' \"\$1\" $uuid" \
  "$suite" "$tree" ${mirror:+"$mirror"}

echo "step: file system"
image=$work/disk.raw
truncate -s ${disk_mib}M "$image"
# One inode for 32 KiB, half of the default: a guest would initialize them at its first boot.
mke2fs -q -t ext4 -F -L lab-root -U $uuid -i 32768 -m 1 -d "$tree" \
  -E "offset=$((start_sector * 512)),lazy_itable_init=0,lazy_journal_init=1,hash_seed=$uuid" \
  "$image" $((disk_mib * 1024 - start_sector / 2))k

echo "step: boot loader"
printf 'label: dos\nlabel-id: 0x6c616264\nstart=%d, type=83, bootable\n' $start_sector |
  sfdisk --quiet --no-tell-kernel --wipe=never --wipe-partitions=never "$image"
chroot "$tree" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /core.img \
  biosdisk part_msdos ext2 serial terminal normal
# boot.img may take the first 440 bytes (the partition table follows), core.img the gap before the first partition.
dd if="$tree/usr/lib/grub/i386-pc/boot.img" of="$image" bs=440 count=1 conv=notrunc status=none
dd if="$tree/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none
chown --reference="$(dirname "$disk")" "$image"
mv "$image" "$disk"
