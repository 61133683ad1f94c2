import type { DpdkSource, FleetNode, PackageManager } from "../fleet/types";
import type { HostPlan } from "./plan-schema";
import { settingsPackages } from "./service-files";

interface Needs {
  /** The service in podman. */
  readonly podman: readonly string[] | null;
  /** DPDK of the distribution, with tools and headers. */
  readonly dpdk: readonly string[] | null;
  /**
   * What DPDK is built with. The seed's list without pip and kernel headers, which no part of this build uses, and with
   * libarchive, without which DPDK cannot read a card's DDP package that is compressed (Ubuntu, RHEL).
   */
  readonly dpdkBuild: readonly string[] | null;
}

/** What the product itself needs, by package manager; null where its distributions do not have it. */
export const needed: Readonly<Record<PackageManager, Needs>> = {
  apt: {
    podman: ["podman"],
    dpdk: ["dpdk", "dpdk-dev"],
    dpdkBuild: [
      "build-essential",
      "libarchive-dev",
      "libnuma-dev",
      "libpcap-dev",
      "meson",
      "ninja-build",
      "pkg-config",
      "python3-pyelftools",
      "xz-utils",
    ],
  },
  // RHEL and its rebuilds have meson, ninja-build and python3-pyelftools in CodeReady Builder (crb), which is the operator's to enable.
  dnf: {
    podman: ["podman"],
    dpdk: ["dpdk", "dpdk-devel", "dpdk-tools"],
    dpdkBuild: [
      "gcc",
      "libarchive-devel",
      "libpcap-devel",
      "meson",
      "ninja-build",
      "numactl-devel",
      "pkgconf-pkg-config",
      "python3-pyelftools",
      "tar",
      "xz",
    ],
  },
  yum: { podman: null, dpdk: null, dpdkBuild: null },
};

/** Packages, holds and the build of DPDK; what a fleet file does not ask for is not in the plan. */
export function planPackages(
  node: FleetNode,
): Pick<HostPlan, "packages" | "packageManager" | "holdPackages" | "holdKernel" | "dpdk"> {
  const held = heldPackages(node);
  return {
    packages: allPackages(node),
    ...(node.packageManager === "apt" ? {} : { packageManager: node.packageManager }),
    ...(held.length === 0 ? {} : { holdPackages: held }),
    ...(node.holdKernel ? { holdKernel: true } : {}),
    ...(node.dpdk?.source === "archive" ? { dpdk: planDpdk(node.dpdk) } : {}),
  };
}

/** The name in NAME or NAME=VERSION. */
export function packageName(spec: string): string {
  return spec.replace(/=.*/, "");
}

/** Those of the fleet file, which may name a version, before those that the product needs. */
export function allPackages(node: FleetNode): string[] {
  const { packages, packageManager, service, dpdk } = node;
  const needs = needed[packageManager];
  const own = [
    ...(service?.runtime === "podman" ? (needs.podman ?? []) : []),
    ...settingsPackages(node),
    ...dpdkPackages(dpdk, needs),
    ...(dpdk?.source === "archive" ? (needs.dpdkBuild ?? []) : []),
  ];
  const named = new Set(packages.map(packageName));
  return [...new Set([...packages, ...own.filter((name) => !named.has(name))])];
}

function dpdkPackages(dpdk: DpdkSource | null, needs: Needs): readonly string[] {
  return dpdk?.source === "distribution" ? (needs.dpdk ?? []) : [];
}

function heldPackages({ holdPackages, packages, packageManager, dpdk }: FleetNode): string[] {
  if (holdPackages === false) return [];
  if (holdPackages !== true) return [...new Set(holdPackages)];
  return [...new Set([...packages.map(packageName), ...dpdkPackages(dpdk, needed[packageManager])])];
}

/**
 * The seed's options of meson where they still mean something: `enable_kmods` built KNI alone and is gone since 25.11, and an
 * empty `disable_drivers` is what meson has by itself.
 */
function planDpdk(dpdk: Extract<DpdkSource, { source: "archive" }>): HostPlan["dpdk"] {
  const { version, sha256, url, platform, examples, enableDrivers, disableDrivers, buildSeconds } = dpdk;
  const list = (option: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`-D${option}=${values.join(",")}`];
  return {
    version,
    sha256,
    url: url ?? `https://fast.dpdk.org/rel/dpdk-${version}.tar.xz`,
    options: [
      `-Dplatform=${platform}`,
      `-Dmax_ethports=${dpdk.maxEthports}`,
      `-Dmax_numa_nodes=${dpdk.maxNumaNodes}`,
      "-Dtests=false",
      ...list("examples", examples),
      ...list("enable_drivers", enableDrivers),
      ...list("disable_drivers", disableDrivers),
    ],
    buildSeconds,
  };
}
