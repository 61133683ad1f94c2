import { isAbsolute, join } from "node:path";
import { ImageError } from "./errors";
import { parseRepository } from "./reference";

/**
 * The Debian releases that an image can be made of: bookworm has DPDK 22.11 and glibc 2.36, trixie DPDK 24.11 and glibc 2.41. A program
 * runs natively, without the image, where glibc is not older.
 */
export const BASES = ["bookworm", "trixie"] as const;
export type Base = (typeof BASES)[number];

/** An image that is to be built and pushed: all that the build depends on. */
export interface BuildSpec {
  /** Folder of the program, with its meson.build; absolute. */
  source: string;
  /** Folder of build.sh; absolute. */
  recipe: string;
  /** Hash of the files in both. */
  inputs: string;
  /** The project's cache folder, absolute; the build keeps its Debian tree (0.6 GB) in `image/` there. */
  cacheFolder: string;
  /** Where it is pushed: `REGISTRY/NAME`. */
  repository: string;
  plainHttp: boolean;
  /** File with the registry's credentials (containers-auth.json(5)); null: none of this build's own. */
  authFile: string | null;
  /** DPDK's drivers in the program by the names of their libraries (`net_e1000`), sorted. */
  pmds: readonly string[];
  base: Base;
  /** DPDK from its source archive, which is a file or an https:// address; null: Debian's. */
  dpdk: { archive: string; sha256: string } | null;
  /** Another text takes Debian's packages of today. */
  refresh: string;
  /** Where Debian's packages come from, as mmdebstrap(1) takes it; none: its default, with security updates. */
  mirrors: readonly string[];
  /** Grows by one whenever the registry has lost the image. */
  push: number;
}

/** The build's own folder. */
export function imageFolder(cacheFolder: string): string {
  return join(cacheFolder, "image");
}

/** The call of build.sh. */
export function buildCommand(spec: BuildSpec): string[] {
  return [
    join(spec.recipe, "build.sh"),
    ...["--source", spec.source],
    ...["--cache", imageFolder(spec.cacheFolder)],
    ...["--pmds", spec.pmds.join(",")],
    ...["--repository", spec.repository],
    ...(spec.plainHttp ? ["--plain-http"] : []),
    ...(spec.authFile === null ? [] : ["--authfile", spec.authFile]),
    ...["--suite", spec.base],
    ...["--refresh", spec.refresh],
    ...(spec.dpdk === null ? [] : ["--dpdk-archive", spec.dpdk.archive, "--dpdk-sha256", spec.dpdk.sha256]),
    ...spec.mirrors,
  ];
}

/** Fails on what would fail in the build, before anything is built. Answers the spec with its drivers in order, each once. */
export function checkedSpec(spec: BuildSpec): BuildSpec {
  parseRepository(spec.repository);
  const paths = {
    source: spec.source,
    recipe: spec.recipe,
    cacheFolder: spec.cacheFolder,
    authFile: spec.authFile ?? "/",
  };
  for (const [name, path] of Object.entries(paths))
    if (!isAbsolute(path)) throw new ImageError(`${name} of the image is not absolute: ${path}`, "give it from / on");
  if (!BASES.includes(spec.base))
    throw new ImageError(`base of the image: found ${spec.base}`, `write one of ${BASES.join(", ")}`);
  checkArchive(spec);
  if (spec.pmds.length === 0)
    throw new ImageError(
      "pmds of the image is empty: without a network driver there is no port",
      'give some, as in ["net_e1000"]',
    );
  const wrong = spec.pmds.find((pmd) => !/^[a-z0-9]+_[a-z0-9_]+$/.test(pmd));
  if (wrong !== undefined)
    throw new ImageError(
      `pmds of the image: found ${wrong}`,
      "give the name of the driver's library without `librte_`, as in net_e1000, net_ixgbe, net_ice, net_ena, net_virtio",
    );
  return { ...spec, pmds: [...new Set(spec.pmds)].sort() };
}

function checkArchive({ dpdk }: BuildSpec): void {
  if (dpdk === null) return;
  if (!isAbsolute(dpdk.archive) && !dpdk.archive.startsWith("https://"))
    throw new ImageError(
      `dpdk.archive of the image: found ${dpdk.archive}`,
      "give the file from / on, or an https:// address",
    );
  if (!/^[0-9a-f]{64}$/.test(dpdk.sha256))
    throw new ImageError(
      `dpdk.sha256 of the image: found ${dpdk.sha256}`,
      "give the archive's SHA-256, 64 digits in lowercase",
    );
}
