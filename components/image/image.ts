import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Base, type BuildSpec, checkedSpec } from "./build-command";
import { inputsHash } from "./inputs-hash";
import { interpreterOf } from "./interpreter";
import { pushedFile, readPushed } from "./pushed";
import { parseDigest, parseRepository, referenceText } from "./reference";
import { askRegistry, unknownLine } from "./registry-answer";

/** The data plane's container image: one that is built from its source, or one that exists. */
export type DataPlaneImageArgs = BuiltImageArgs | ExistingImageArgs;

interface CommonImageArgs {
  /** Where the operator reaches the image: `REGISTRY/NAME`, without tag or digest. Example `registry.example/pantheon-node`. */
  repository: string;
  /**
   * Where the nodes reach the same image, when by another name: `REGISTRY/NAME`. Default: `repository`. In the lab the operator
   * has `127.0.0.1:PORT/pantheon-node`, the guests `10.0.2.2:PORT/pantheon-node`.
   */
  pullFrom?: string;
  /** Whether that registry speaks HTTP without TLS. Default false. */
  plainHttp?: boolean;
}

/** An image that was built elsewhere: nothing is built and no registry is asked. What a stack of several operators uses. */
export interface ExistingImageArgs extends CommonImageArgs {
  /** `sha256:…`, as a push prints it. */
  digest: string;
}

/** An image that `pulumi up` builds and pushes whenever its inputs change. Needs root or sudo, and Debian's packages. */
export interface BuiltImageArgs extends CommonImageArgs {
  digest?: undefined;
  /** Folder of the program's source, with its meson.build; absolute. */
  source: string;
  /** Folder of build.sh, absolute. Default: `image/` in `source`. */
  recipe?: string;
  /** The project's cache folder, absolute; the build keeps its Debian tree (0.6 GB a base) in `image/` there. */
  cacheFolder: string;
  /** DPDK's drivers in the program, by the names of their libraries; no others are in it. `["net_e1000"]` serves igb and its functions. */
  pmds: readonly string[];
  /**
   * The Debian release that it is made of: `bookworm` has DPDK 22.11, `trixie` 24.11. Default `bookworm`, whose glibc (2.36) is the
   * oldest that nodes have; a native service needs a node whose glibc is not older than the image's.
   */
  base?: Base;
  /**
   * DPDK compiled from its source archive instead of Debian's package: a file, absolute, or an https:// address, and its SHA-256, which
   * is compared before anything reads what is in it. 22.11 and 24.11 of any base. The first build takes minutes more.
   */
  dpdk?: { archive: string; sha256: string };
  /** File with the registry's credentials, as `podman login --authfile` writes it; absolute. Default: none but the user's own. */
  authFile?: string;
  /** Another text takes Debian's packages of today, so its security updates. Example `2025-11`. Default: those of the first build. */
  refresh?: string;
  /** Where Debian's packages come from, as mmdebstrap(1) takes it. Default: Debian's own, with security updates. */
  mirrors?: readonly string[];
  /** Seconds within which the registry says whether it still has the image. Default 3. */
  answerSeconds?: number;
}

/**
 * The data plane's image, known by its digest. A resource builds and pushes it: at first, when its inputs change, and when the
 * registry says that it has lost it. A registry that does not answer changes nothing.
 *
 * ```ts
 * const image = new DataPlaneImage("data-plane-image", {
 *   source: "/project/native-image", cacheFolder: "/project/.cache", pmds: ["net_e1000"],
 *   repository: "registry.example/pantheon-node",
 * });
 * image.reference; // registry.example/pantheon-node@sha256:…
 * ```
 */
export class DataPlaneImage extends pulumi.ComponentResource {
  /** `REGISTRY/NAME@sha256:…` as the nodes reach it. Resolves when the registry has it. */
  readonly reference: pulumi.Output<string>;
  /** `sha256:…` */
  readonly digest: pulumi.Output<string>;
  readonly plainHttp: boolean;

  constructor(name: string, args: DataPlaneImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:image:DataPlaneImage", name, {}, opts);
    const pullFrom = parseRepository(args.pullFrom ?? args.repository);
    parseRepository(args.repository);
    this.plainHttp = args.plainHttp ?? false;
    this.digest = args.digest === undefined ? build(name, args, this) : pulumi.output(parseDigest(args.digest));
    this.reference = this.digest.apply((digest) => referenceText({ ...pullFrom, digest }));
    this.registerOutputs({ reference: this.reference, digest: this.digest });
  }
}

function build(name: string, args: BuiltImageArgs, parent: DataPlaneImage): pulumi.Output<string> {
  const spec = buildSpec(args); // Its mistakes are told before anything is asked or built.
  const wanted = wantedPush(spec, args.answerSeconds ?? 3, (line) => void pulumi.log.warn(line, parent));
  const command = new local.Command(
    `${name}-build`,
    {
      interpreter: interpreterOf(__filename, join(__dirname, "command")),
      dir: __dirname,
      addPreviousOutputInEnv: false,
      create: "build",
      delete: "forget",
      environment: {
        IMAGE_SPEC: pulumi.output(wanted).apply((push) => JSON.stringify({ ...spec, push }, undefined, 1)),
      },
      logging: local.Logging.Stderr,
    },
    { parent },
  );
  return command.stdout.apply((text) => parseDigest(text.trim()));
}

/** What the build is asked for, but for the number of the push. */
export function buildSpec(args: BuiltImageArgs): BuildSpec {
  const recipe = args.recipe ?? join(args.source, "image");
  return checkedSpec({
    source: args.source,
    recipe,
    inputs: inputsHash(args.source, recipe),
    cacheFolder: args.cacheFolder,
    repository: args.repository,
    plainHttp: args.plainHttp ?? false,
    authFile: args.authFile ?? null,
    pmds: args.pmds,
    base: args.base ?? "bookworm",
    dpdk: args.dpdk ?? null,
    refresh: args.refresh ?? "",
    mirrors: args.mirrors ?? [],
    push: 1,
  });
}

/**
 * The number that the push should have: that of the last one; one more where the registry says that it has lost the image, so that
 * whoever takes this number as an input pushes again, and changes nothing else. A registry that does not say changes nothing, and
 * that is told.
 */
export async function wantedPush(spec: BuildSpec, seconds: number, warn: (line: string) => void): Promise<number> {
  const pushed = readPushed(pushedFile(spec));
  if (pushed === null) return 1;
  const reference = { ...parseRepository(pushed.repository), digest: pushed.digest };
  const { plainHttp, authFile } = spec;
  const answer = await askRegistry({ reference, plainHttp, authFile, seconds });
  if (answer.kind === "unknown") warn(unknownLine(reference, answer.reason));
  return answer.kind === "missing" ? pushed.push + 1 : pushed.push;
}
