import type { Case, Made } from "./resources";

const dpdk = { "pantheonchain.org/dpdk-role": "dpdk" };
const instance = (props: object): Made => ({ type: "aws:ec2/instance:Instance", props: { ...props } });
const nic = (props: object): Made => ({
  type: "aws:ec2/networkInterface:NetworkInterface",
  props: { tags: dpdk, ...props },
});
const attached = (deviceIndex: number, instanceId: string): Made => ({
  type: "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
  props: { instanceId, networkInterfaceId: `eni-${deviceIndex}`, deviceIndex },
});
const cluster: Made = { type: "aws:eks/cluster:Cluster", props: {} };
const ingress = (cidrIpv4: string): Made => ({
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  props: { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4 },
});
const asksImds = (httpTokens: string) =>
  instance({ userData: "curl http://169.254.169.254/latest/meta-data/mac", metadataOptions: { httpTokens } });

export const aws: Readonly<Record<string, Case>> = {
  "dpdk-imdsv2-required": {
    violates: [instance({ metadataOptions: { httpTokens: "optional" } }), /metadataOptions\.httpTokens is optional/],
    unknown: instance({ metadataOptions: { httpTokens: "LATER" } }),
  },
  "dpdk-imds-hop-limit": {
    violates: [instance({ metadataOptions: { httpPutResponseHopLimit: 3 } }), /httpPutResponseHopLimit is 3/],
    unknown: instance({ metadataOptions: { httpPutResponseHopLimit: "LATER" } }),
  },
  "dpdk-user-data-imds-token": {
    violates: [asksImds("required"), /userData asks .* without a token/],
    unknown: asksImds("LATER"),
  },
  "dpdk-no-public-ip": {
    violates: [instance({ associatePublicIpAddress: true }), /associatePublicIpAddress is true/],
    unknown: instance({ associatePublicIpAddress: "LATER" }),
  },
  "dpdk-no-public-ip-from-elsewhere": {
    violates: [{ type: "aws:ec2/eip:Eip", props: { instance: "i-0123" } }, /instance is i-0123/],
    unknown: { type: "aws:ec2/eip:Eip", props: { instance: "LATER" } },
  },
  "dpdk-ebs-encrypted": {
    violates: [instance({ rootBlockDevice: { encrypted: false } }), /rootBlockDevice\.encrypted is false/],
    unknown: instance({ rootBlockDevice: { encrypted: "LATER" } }),
  },
  "dpdk-no-world-open-ssh": {
    violates: [ingress("0.0.0.0/0"), /cidrIpv4 0\.0\.0\.0\/0 reaches port 22/],
    unknown: ingress("LATER"),
  },
  "dpdk-interface-not-device-zero": {
    violates: [nic({ attachments: [{ deviceIndex: 0 }] }), /attachments\[0\]\.deviceIndex is 0/],
    unknown: nic({ attachments: [{ deviceIndex: "LATER" }] }),
  },
  "dpdk-source-dest-check": {
    violates: [nic({ sourceDestCheck: false }), /sourceDestCheck is false/],
    unknown: nic({ sourceDestCheck: "LATER" }),
  },
  "dpdk-eks-interface-unmanaged": {
    violates: [[cluster, nic({})], /tags lack node\.k8s\.amazonaws\.com\/no_manage/],
    unknown: [cluster, nic({ tags: "LATER" })],
  },
  "dpdk-instance-type": {
    violates: [instance({ instanceType: "t3.large", tags: dpdk }), /instanceType is t3\.large/],
    unknown: instance({ instanceType: "LATER", tags: dpdk }),
  },
  "dpdk-attachments-fit": {
    violates: [
      [
        instance({ id: "i-fit", instanceType: "c6in.large", tags: dpdk }),
        ...[1, 2, 3].map((at) => attached(at, "i-fit")),
      ],
      /4 interfaces on network card 0 of c6in\.large, which takes 3/,
    ],
    unknown: attached(1, "LATER"),
  },
  "dpdk-ena-express-off": {
    violates: [nic({ enaSrdSpecification: { enaSrdEnabled: true } }), /enaSrdEnabled is true/],
    unknown: nic({ enaSrdSpecification: { enaSrdEnabled: "LATER" } }),
  },
  "dpdk-cluster-placement": {
    violates: [
      [instance({ tags: dpdk }), instance({ tags: dpdk, placementGroup: "together" })],
      /no placement group is named/,
    ],
    unknown: [instance({ tags: dpdk, placementGroup: "LATER" }), instance({ placementGroup: "together" })],
  },
  "dpdk-one-thread-per-core": {
    violates: [
      instance({ instanceType: "c6in.metal", cpuOptions: { threadsPerCore: 1 } }),
      /cpuOptions is given for c6in\.metal/,
    ],
    unknown: instance({ instanceType: "LATER" }),
  },
};
