#!/usr/bin/env bash
# Makes the tree that ../lab-disk/customize.sh left a server that boots from UEFI firmware:  customize.sh TREE ESP_UUID
# Takes ROOT_UUID and BOOT_UUID from the environment.
set -euo pipefail
tree=$1 esp_uuid=$2

# systemd gives a device 90 s; under emulation, on a computer that is busy, loading btrfs alone can take longer.
cat >> "$tree/etc/fstab" << FSTAB
UUID=$BOOT_UUID /boot btrfs defaults,x-systemd.device-timeout=15min 0 0
UUID=$esp_uuid /boot/efi vfat umask=0077,x-systemd.device-timeout=15min 0 1
FSTAB
mkdir -p "$tree/boot/efi"
rm -r "$tree/boot/grub/i386-pc"
cp -r "$tree/usr/lib/grub/x86_64-efi" "$tree/boot/grub/"

# update-grub looks at mounts and devices; here it is told what it will see in the guest.
probe=$tree/usr/sbin/grub-probe relative=$tree/usr/bin/grub-mkrelpath
mv "$probe" "$probe.real"
mv "$relative" "$relative.real"
cat > "$probe" << 'PROBE'
#!/bin/sh
on=/dev/vda3
for argument; do
  case $argument in
    --target=*) target=${argument#--target=} ;;
    -t) want=1 ;;
    /boot | /boot/* | /dev/vda2) on=/dev/vda2 ;;
    *) [ "${want:-}" = 1 ] && target=$argument; want= ;;
  esac
done
case $target-$on in
  device-*) echo $on ;;
  fs_uuid-/dev/vda2) echo BOOT_UUID ;;
  fs_uuid-*) echo ROOT_UUID ;;
  fs-/dev/vda2) echo btrfs ;;
  fs-*) echo ext2 ;;
  partmap-*) echo gpt ;;
  disk-*) echo /dev/vda ;;
  # What a virtio disk has none of: the answer is empty, not an error.
  abstraction-* | partuuid-* | compatibility_hint-* | hints_string-*) ;;
  *) exit 1 ;;
esac
PROBE
sed -i -e "s/ROOT_UUID/$ROOT_UUID/" -e "s/BOOT_UUID/$BOOT_UUID/" "$probe"
cat > "$relative" << 'RELATIVE'
#!/bin/sh
for path; do :; done
case $path in /boot) echo ;; /boot/*) echo "${path#/boot}" ;; *) echo "$path" ;; esac
RELATIVE
chmod 755 "$probe" "$relative"
mkdir -p "$tree/dev/disk/by-uuid"
touch "$tree/dev/disk/by-uuid/$ROOT_UUID" "$tree/dev/disk/by-uuid/$BOOT_UUID"
chroot "$tree" update-grub
rm -rf "$tree/dev/disk"
mv "$probe.real" "$probe"
mv "$relative.real" "$relative"
