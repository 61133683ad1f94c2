import type { Rule } from "../rule";
import { attachmentsFit } from "./attachments-fit";
import { clusterPlacement } from "./cluster-placement";
import { ebsEncrypted } from "./ebs-encrypted";
import { eksInterfaceUnmanaged } from "./eks-interface-unmanaged";
import { enaExpressOff } from "./ena-express-off";
import { imdsHopLimit } from "./imds-hop-limit";
import { imdsv2Required } from "./imdsv2-required";
import { instanceTypeAllowed } from "./instance-type";
import { interfaceNotDeviceZero } from "./interface-not-device-zero";
import { noPublicIp } from "./no-public-ip";
import { noPublicIpFromElsewhere } from "./no-public-ip-from-elsewhere";
import { noWorldOpenSsh } from "./no-world-open-ssh";
import { oneThreadPerCore } from "./one-thread-per-core";
import { sourceDestCheck } from "./source-dest-check";
import { userDataImdsToken } from "./user-data-imds-token";

export const awsRules: readonly Rule[] = [
  imdsv2Required,
  imdsHopLimit,
  userDataImdsToken,
  noPublicIp,
  noPublicIpFromElsewhere,
  ebsEncrypted,
  noWorldOpenSsh,
  interfaceNotDeviceZero,
  sourceDestCheck,
  eksInterfaceUnmanaged,
  instanceTypeAllowed,
  attachmentsFit,
  enaExpressOff,
  clusterPlacement,
  oneThreadPerCore,
];
