import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { judgeParts, partsOf } from "../parts";

/**
 * A tag is moved: two nodes that were made from one text run two programs, and going back does not bring back what ran. A digest
 * names the content.
 */
export const imageByDigest: ResourceValidationPolicy = {
  name: "dpdk-image-by-digest",
  displayName: "Images are named by digest",
  description: "A node's service and a pod's containers name their image by digest.",
  severity: "high",
  enforcementLevel: "mandatory",
  tags: ["images"],
  remediationSteps:
    "Write REGISTRY/NAME@sha256:DIGEST; `skopeo inspect docker://REGISTRY/NAME:TAG` prints the digest of a tag.",
  validateResource: (args, report) => {
    const references = referencesOf(args);
    if (references === null) return args.notApplicable("the resource names no image");
    judgeParts(references, ({ where, read }) => {
      for (const image of read()) {
        if (!byDigest.test(image))
          report(
            `${args.name}: ${where} is ${image || "empty"}, which has no digest; name it as REGISTRY/NAME@sha256:DIGEST`,
          );
      }
    });
  },
};

const byDigest = /@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

interface Reference {
  readonly where: string;
  readonly read: () => string[];
}

function referencesOf({ type, props }: ResourceValidationArgs): Reference[] | null {
  if (/^command:(local|remote):Command$/.test(type)) {
    return ["create", "update"].map((where) => ({
      where: `${where}'s --image`,
      read: () => imagesOfConverge(String(props[where] ?? "")),
    }));
  }
  const workload = /^kubernetes:(core|apps|batch)\/v\d\w*:(\w+)$/.exec(type)?.[2]?.replace(/Patch$/, "");
  const find = workload === undefined ? undefined : podSpecs[workload];
  return find === undefined
    ? null
    : ["initContainers", "containers"].flatMap((list) =>
        imagesIn(() => find(props)?.[list]).map((read) => ({ where: `image of ${list}`, read: () => [read()] })),
      );
}

/** The image of each container; empty where it names none. */
function imagesIn(read: () => Props[] | undefined): (() => string)[] {
  return partsOf(() => {
    const containers = read() ?? [];
    return [...containers.keys()].map((at) => () => String(containers[at]?.image ?? ""));
  });
}

/** What the node agent is told to run: `dpdk-node-agent converge --image REFERENCE`. */
function imagesOfConverge(command: string): string[] {
  const converge = /\bdpdk-node-agent\S*(?:\s+--root[\s=]+\S+)?\s+converge\b([^;&|#\n]*)/g;
  return [...command.replaceAll("\\\n", " ").matchAll(converge)].flatMap(([, options]) =>
    // argparse takes every beginning of an option's name too.
    [...(options as string).matchAll(/\s--i[mage]*(?:\s+|=)["']?([^\s"']+)/g)].map((found) => found[1] as string),
  );
}

type Props = ResourceValidationArgs["props"];
const ofTemplate = (props: Props) => props.spec?.template?.spec;

/** Where each kind of workload has its pod's specification. */
const podSpecs: Readonly<Record<string, (props: Props) => Props | undefined>> = {
  Pod: (props) => props.spec,
  Deployment: ofTemplate,
  DaemonSet: ofTemplate,
  StatefulSet: ofTemplate,
  ReplicaSet: ofTemplate,
  ReplicationController: ofTemplate,
  Job: ofTemplate,
  CronJob: (props) => props.spec?.jobTemplate?.spec?.template?.spec,
};
