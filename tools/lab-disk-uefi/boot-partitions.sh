#!/usr/bin/env bash
# Makes the partitions of /boot and of the EFI system of what TREE has in /boot, and empties that, with the tree's own tools:
#     boot-partitions.sh TREE FOLDER ESP_MIB BOOT_MIB      leaves FOLDER/esp.img and FOLDER/boot.img
# Takes BOOT_UUID and ESP_ID from the environment.
set -euo pipefail
tree=$1 folder=$2 esp_mib=$3 boot_mib=$4

# GRUB as a program of the firmware: it finds /boot by its UUID, as the one that Debian's installer leaves. Where the firmware
# has no entry of its own yet it starts EFI/BOOT/BOOTX64.EFI (UEFI specification, 3.5.1.1).
cat > "$tree/early.cfg" << EARLY
search.fs_uuid $BOOT_UUID root
set prefix=(\$root)/grub
EARLY
chroot "$tree" grub-mkimage -O x86_64-efi -c /early.cfg -p /grub -o /grubx64.efi \
  part_gpt btrfs fat ext2 search search_fs_uuid serial terminal normal

truncate -s "${esp_mib}M" "$tree/esp.img"
chroot "$tree" mkfs.vfat -F 32 -n LAB-ESP -i "$ESP_ID" /esp.img
chroot "$tree" mmd -i /esp.img ::EFI ::EFI/BOOT ::EFI/debian
chroot "$tree" mcopy -i /esp.img /grubx64.efi ::EFI/BOOT/BOOTX64.EFI
chroot "$tree" mcopy -i /esp.img /grubx64.efi ::EFI/debian/grubx64.efi

truncate -s "${boot_mib}M" "$tree/boot.img"
chroot "$tree" mkfs.btrfs --quiet --label lab-boot --uuid "$BOOT_UUID" --rootdir /boot /boot.img
mv "$tree/esp.img" "$tree/boot.img" "$folder/"
rm -rf "$tree/early.cfg" "$tree/grubx64.efi" "$tree/boot"
mkdir "$tree/boot"
