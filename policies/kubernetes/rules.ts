import type { Rule } from "../rule";
import { hugepagesRequestIsLimit } from "./hugepages-request-is-limit";
import { imageByDigest } from "./image-by-digest";

export const kubernetesRules: readonly Rule[] = [hugepagesRequestIsLimit, imageByDigest];
