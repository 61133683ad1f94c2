#!/usr/bin/env bash
# Makes the fresh Debian tree a server that boots:  customize.sh TREE ROOT_UUID
set -euo pipefail
tree=$1 uuid=$2

printf 'UUID=%s / ext4 errors=remount-ro 0 1\n' "$uuid" > "$tree/etc/fstab"
printf 'nameserver 10.0.2.3\n' > "$tree/etc/resolv.conf"
printf 'lab\n' > "$tree/etc/hostname"
: > "$tree/etc/machine-id"
chmod 0440 "$tree/etc/sudoers.d/operator"
chroot "$tree" useradd --create-home --shell /bin/bash --uid 1000 --gid users operator
rm -f "$tree"/etc/ssh/ssh_host_*

chroot "$tree" systemctl --quiet enable lab-seed.service lab-ready.service systemd-networkd.service ssh.service
# None of these matters to a machine that lives for hours, and each of them costs seconds under emulation.
chroot "$tree" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer systemd-networkd-wait-online.service getty@tty1.service \
  podman.service podman.socket podman-auto-update.timer podman-auto-update.service podman-restart.service \
  modprobe@drm.service modprobe@dm_mod.service modprobe@efi_pstore.service modprobe@loop.service
# A guest that is a worker of a cluster enables it at its first boot (lab-seed).
chroot "$tree" systemctl --quiet disable containerd.service
# Debian's own binder of NICs (/etc/dpdk/interfaces, which is empty) holds the network up for five seconds at every boot.
chroot "$tree" systemctl --quiet mask dpdk.service

# update-grub looks at the device that holds / ; here it is told what it will see in the guest.
real=$tree/usr/sbin/grub-probe
mv "$real" "$real.real"
cat > "$real" <<'PROBE'
#!/bin/sh
for argument; do
  case $argument in --target=*) target=${argument#--target=} ;; -t) want=1 ;; *) [ "${want:-}" = 1 ] && target=$argument; want= ;; esac
done
case $target in
  device) echo /dev/vda1 ;;
  fs_uuid) echo ROOT_UUID ;;
  fs) echo ext2 ;;
  partmap) echo msdos ;;
  disk) echo /dev/vda ;;
  # What a virtio disk has none of: the answer is empty, not an error.
  abstraction | partuuid | compatibility_hint | hints_string) ;;
  *) exit 1 ;;
esac
PROBE
sed -i "s/ROOT_UUID/$uuid/" "$real"
chmod 755 "$real"
mkdir -p "$tree/dev/disk/by-uuid" "$tree/boot/grub"
touch "$tree/dev/disk/by-uuid/$uuid"
chroot "$tree" update-grub
rm -rf "$tree/dev/disk"
mv "$real.real" "$real"
cp -r "$tree/usr/lib/grub/i386-pc" "$tree/boot/grub/"
chroot "$tree" grub-editenv /boot/grub/grubenv create
