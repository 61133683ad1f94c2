"""What is on the machine of the tests right after a boot."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .testing_tree import Machine

PF, UPLINK = "0000:01:00.0", "0000:00:10.0"
VFS = ("0000:02:10.0", "0000:02:10.2")
PEER, LOCAL = "10.0.2.2", "10.0.2.15"
ARGUMENTS = (
    "intel_iommu=on iommu=pt default_hugepagesz=2M hugepagesz=2M hugepages=0:128,1:128 "
    "isolcpus=managed_irq,domain,2-3 nohz_full=2-3 rcu_nocbs=2-3"
)

# The first of its processors, shortened.
CPU = """\
processor\t: 0
model name\t: QEMU TCG CPU version 2.5+
flags\t\t: fpu sse4_2 avx2 aes pdpe1gb hypervisor
"""

# Default route over enp0s16 to 10.0.2.2, and its network; one established connection 10.0.2.15:22 from 10.0.2.2.
_ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
enp0s16\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
enp0s16\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
_TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100
   1: 0F02000A:0016 0202000A:C738 01 00000000:00000000 00:00000000 00000000     0        0 101
"""


def build(machine: Machine) -> None:
    """Two NUMA nodes of two CPUs, the uplink on virtio, an igb card whose link is down, everything as after a boot."""
    machine.file("/proc/cmdline", f"BOOT_IMAGE=/boot/vmlinuz root=UUID=1 ro {ARGUMENTS}\n")
    machine.file("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n")
    machine.file("/proc/sys/kernel/hostname", "alpha\n")
    machine.file("/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n")
    machine.file("/proc/sys/vm/max_map_count", "65530\n")
    machine.file("/proc/self/limits", "Max locked memory         8388608              8388608              bytes\n")
    machine.file("/proc/cpuinfo", CPU)
    machine.file("/proc/meminfo", "MemTotal:        3072000 kB\n")
    machine.file("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    machine.file("/lib/modules/6.1.0-40-amd64/modules.dep", "kernel/drivers/vfio/pci/vfio-pci.ko: \n")
    machine.file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
    machine.file("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\ndpdk:x:990:990::/:/bin/false\n")
    machine.file("/etc/group", "root:x:0:\nhugepages:x:991:\n")
    machine.file("/usr/local/sbin/dpdk-node-agent", "", 0o755)
    machine.file("/boot/grub/grub.cfg", "custom.cfg\n")
    machine.show_mounts()
    for folder in (
        "etc/systemd/system",
        "etc/sysctl.d",
        "etc/modules-load.d",
        "var/lib",
        "mnt",
        "dev/vfio",
        "sys/module",
    ):
        (machine.root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in {"online": "0-3", "isolated": "2-3", "nohz_full": "2-3"}.items():
        machine.file(f"/sys/devices/system/cpu/{name}", f"{text}\n")
    for cpu in range(4):
        machine.file(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", f"{cpu}\n")
    for numa in range(2):
        home = f"/sys/devices/system/node/node{numa}"
        machine.file(f"{home}/cpulist", f"{2 * numa}-{2 * numa + 1}\n")
        machine.file(f"{home}/meminfo", f"Node {numa} MemTotal:        1536000 kB\n")
        machine.file(f"{home}/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
        machine.file(f"{home}/hugepages/hugepages-2048kB/free_hugepages", "0\n")
    machine.function(UPLINK, 3, "virtio-pci", vendor="0x1af4", device="0x1041")
    machine.interface("enp0s16", UPLINK, "52:54:00:aa:00:01", below="/virtio0")
    machine.file("/sys/bus/pci/drivers/vfio-pci/new_id", "")
    sriov = {"numvfs": "0", "totalvfs": "7", "drivers_autoprobe": "1", "offset": "128", "stride": "2"}
    machine.function(PF, 14, "igb", **{f"sriov_{name}": text for name, text in sriov.items()})
    machine.file("/proc/net/route", _ROUTES)
    machine.file("/proc/net/tcp", _TCP)
