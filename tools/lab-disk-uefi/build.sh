#!/usr/bin/env bash
# Builds the lab's disk for machines with UEFI firmware, the same Debian as ../lab-disk, as a raw sparse file:
#     build.sh DISK SUITE MIRROR
# Three partitions: the EFI system partition with GRUB; /boot on btrfs, where GRUB reads and cannot write its environment; /
# on ext4. Needs root, and neither loop devices nor KVM. MIRROR may be empty: mmdebstrap's default then. DISK appears when it is
# whole; a second build of the same folder waits for the first and finds it done. Each step is told as a line "step: …".
set -euo pipefail
disk=$1 suite=$2 mirror=$3
here=$(cd "$(dirname "$0")" && pwd)
bios=$(cd "$here/../lab-disk" && pwd)
work=$(dirname "$disk")/building-uefi
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

# The same for every disk, as in ../lab-disk.
export ROOT_UUID=6d9c1b1e-5f0a-4c55-9a53-6c61622d6469 BOOT_UUID=b007b007-5f0a-4c55-9a53-6c61622d6469 ESP_ID=4C414245
esp_uuid=${ESP_ID:0:4}-${ESP_ID:4}
# A trial boot's kernel and initrd go to the EFI system partition: 40 MB. btrfs wants 256 MiB to have data apart from metadata.
disk_mib=8192 esp_mib=256 boot_mib=512
root_mib=$((disk_mib - 1 - esp_mib - boot_mib - 1)) # One before the first partition, one for the second copy of the table.

echo "step: Debian packages"
packages=$(cat "$bios/packages.txt" "$here/packages.txt" | grep -v -e '^#' -e '^grub-pc$' | paste -sd,)
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --aptopt='Acquire::Languages "none"' \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --essential-hook="mkdir -p \"\$1/etc/initramfs-tools\"" \
  --essential-hook="cp -r '$bios/files/etc/initramfs-tools/.' \"\$1/etc/initramfs-tools/\"" \
  --customize-hook="cp -r '$bios/files/.' \"\$1/\"" \
  --customize-hook="'$bios/customize.sh' \"\$1\" $ROOT_UUID" \
  --customize-hook="'$here/customize.sh' \"\$1\" $esp_uuid" \
  --customize-hook="'$here/boot-partitions.sh' \"\$1\" '$work' $esp_mib $boot_mib" \
  "$suite" "$tree" ${mirror:+"$mirror"}

echo "step: file systems"
image=$work/disk.raw
truncate -s ${disk_mib}M "$image"
root_start=$((1 + esp_mib + boot_mib))
mke2fs -q -t ext4 -F -L lab-root -U $ROOT_UUID -i 32768 -m 1 -d "$tree" \
  -E "offset=$((root_start * 1048576)),lazy_itable_init=0,lazy_journal_init=1,hash_seed=$ROOT_UUID" \
  "$image" $((root_mib * 1024))k
dd if="$work/esp.img" of="$image" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$work/boot.img" of="$image" bs=1M seek=$((1 + esp_mib)) conv=notrunc,sparse status=none

echo "step: partition table"
sfdisk --quiet --no-tell-kernel --wipe=never --wipe-partitions=never "$image" << TABLE
label: gpt
label-id: 6C616200-5F0A-4C55-9A53-6C61622D6469
start=1MiB, size=${esp_mib}MiB, type=uefi, uuid=6C616201-5F0A-4C55-9A53-6C61622D6469, name=esp
size=${boot_mib}MiB, type=linux, uuid=6C616202-5F0A-4C55-9A53-6C61622D6469, name=boot
size=${root_mib}MiB, type=linux, uuid=6C616203-5F0A-4C55-9A53-6C61622D6469, name=root
TABLE
chown --reference="$(dirname "$disk")" "$image"
mv "$image" "$disk"
