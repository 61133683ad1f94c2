import { type RuleArgs, resourceRule } from "../rule";
import { containersOf, podOf } from "./pod";

/**
 * A tag is moved: two nodes that were made from one text run two programs, and going back does not bring back what ran. A digest
 * names the content.
 */
export const imageByDigest = resourceRule({
  name: "dpdk-image-by-digest",
  displayName: "Images are named by digest",
  description: "A node's service and a pod's containers name their image by digest.",
  why: "A tag is moved: two nodes made from one text run two programs, and going back does not bring back what ran.",
  source: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Write REGISTRY/NAME@sha256:DIGEST; `skopeo inspect docker://REGISTRY/NAME:TAG` prints the digest of a tag.",
  judge: (args) => {
    const references = referencesOf(args);
    if (references === null) return "the resource names no image";
    return references.map(
      (read) => () =>
        read()
          .filter(({ image }) => !byDigest.test(image))
          .map(
            ({ where, image }) =>
              `${where} is ${image || "empty"}, which has no digest; name it as REGISTRY/NAME@sha256:DIGEST`,
          ),
    );
  },
});

const byDigest = /@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

interface Reference {
  readonly where: string;
  readonly image: string;
}

function referencesOf(args: RuleArgs): (() => Reference[])[] | null {
  if (/^command:(local|remote):Command$/.test(args.type)) {
    return ["create", "update"].map((place) => () => {
      const images = imagesOfConverge(String(args.props[place] ?? ""));
      return images.map((image) => ({ where: `${place}'s --image`, image }));
    });
  }
  const pod = podOf(args);
  if (pod === null) return null;
  return containersOf(pod).map((read) => () => {
    const { where, props } = read();
    return [{ where: `image of ${where}`, image: String(props.image ?? "") }];
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
