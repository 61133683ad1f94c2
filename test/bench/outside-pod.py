"""The container of a pod a second time, without Kubernetes: the same files, program, arguments, CPUs and limits by runc alone, in the host's
network, on another function of the card. Needs root, on the worker.

    outside-pod.py start PCI
        starts it beside the pod's container, which goes on
    outside-pod.py turn pod|outside
        only that one may run: the other is stopped by a signal, so that it takes none of the CPUs that they share
    outside-pod.py stop
        ends it, removes all of it, and lets the pod go on"""

import json
import os
import shutil
import subprocess
import sys

TASKS = "/run/containerd/io.containerd.runtime.v2.task/k8s.io"
POD_ROOT = "/run/containerd/runc/k8s.io"  # containerd's own state of runc
NAME = "outside-pod"
BUNDLE = "/run/" + NAME
PAGES = os.path.join(BUNDLE, "hugepages")
OWN_MOUNTS = {"/dev/hugepages": PAGES, "/run/pantheonchain": os.path.join(BUNDLE, "run")}
LEFT_OUT = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log", "/dev/shm"}


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def read(container):
    with open(os.path.join(TASKS, container, "config.json"), encoding="utf-8") as file:
        return json.load(file)


def pods_own():
    """The container of the only data plane here."""
    [found] = [each for each in os.listdir(TASKS) if read(each)["process"]["args"][0].endswith("/pantheon-node")]
    return found


def bundle(container, pci):
    """The specification of the pod's container, but for what it has of Kubernetes and for its function."""
    spec = read(container)
    spec["root"]["path"] = os.path.join(TASKS, container, "rootfs")
    spec["mounts"] = [own(mount) for mount in spec["mounts"] if mount["destination"] not in LEFT_OUT]
    process, linux = spec["process"], spec["linux"]
    process["env"] = [f"{name}={pci}" if name.startswith("PCIDEVICE_") else f"{name}={value}"
                      for name, value in (each.split("=", 1) for each in process["env"])]
    linux["namespaces"] = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "cgroup")]
    linux["cgroupsPath"] = "/" + NAME
    give_function(linux, pci)
    return spec


def own(mount):
    source = OWN_MOUNTS.get(mount["destination"])
    return mount if source is None else {**mount, "source": source}


def give_function(linux, pci):
    """Of VFIO's devices the group of this function, in the place of the pod's."""
    group = os.path.basename(os.readlink(f"/sys/bus/pci/devices/{pci}/iommu_group"))
    device = os.stat(f"/dev/vfio/{group}").st_rdev
    [theirs] = [each for each in linux["devices"] if each["path"].startswith("/dev/vfio/") and each["path"] != "/dev/vfio/vfio"]
    [rule] = [each for each in linux["resources"]["devices"]
              if (each.get("major"), each.get("minor")) == (theirs["major"], theirs["minor"])]
    theirs["path"] = f"/dev/vfio/{group}"
    for each in (theirs, rule):
        each["major"], each["minor"] = os.major(device), os.minor(device)


def start(pci):
    clean()  # what a run that was cut off has left
    spec = bundle(pods_own(), pci)
    user = spec["process"]["user"]
    for folder in OWN_MOUNTS.values():
        os.makedirs(folder)
    run("mount", "-t", "hugetlbfs", "-o", f"pagesize=2M,uid={user['uid']},gid={user['gid']}", "none", PAGES)
    os.chown(OWN_MOUNTS["/run/pantheonchain"], user["uid"], user["gid"])
    with open(os.path.join(BUNDLE, "config.json"), "w", encoding="utf-8") as file:
        json.dump(spec, file)
    with open(os.path.join(BUNDLE, "log"), "wb") as log:
        subprocess.run(["runc", "run", "--detach", "--bundle", BUNDLE, NAME], check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def turn(who):
    for name, command in (("pod", ["--root", POD_ROOT, "kill", pods_own()]), ("outside", ["kill", NAME])):
        run("runc", *command, "CONT" if who == name else "STOP")


def stop():
    clean()
    run("runc", "--root", POD_ROOT, "kill", pods_own(), "CONT")


def clean():
    subprocess.run(["runc", "delete", "--force", NAME], check=False, stderr=subprocess.DEVNULL)
    if os.path.ismount(PAGES):
        run("umount", PAGES)
    shutil.rmtree(BUNDLE, ignore_errors=True)


def main():
    what, *rest = sys.argv[1:]
    {"start": start, "turn": turn, "stop": stop}[what](*rest)


main()
