import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { nodeGroup, type Props, says } from "./aws.fixture";
import { noWorldOpenSsh as rule } from "./no-world-open-ssh";

const group = "aws:ec2/securityGroup:SecurityGroup";
const single = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ssh = { protocol: "tcp", fromPort: 22, toPort: 22 };
const inline = (...rules: Props[]): Props => ({ ingress: rules });

test("named networks, other ports and rules that go out pass", () =>
  says(rule, [
    [group, inline({ ...ssh, cidrBlocks: ["203.0.113.0/24"], ipv6CidrBlocks: ["2001:db8::/32"] }), null],
    [group, inline({ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }), null],
    [group, inline({ protocol: "tcp", fromPort: 0, toPort: 21, cidrBlocks: ["0.0.0.0/0"] }), null],
    [group, inline({ protocol: "tcp", fromPort: 23, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }), null],
    [group, inline({ protocol: "udp", fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }), null],
    [group, inline({ protocol: "icmp", fromPort: -1, toPort: -1, cidrBlocks: ["0.0.0.0/0"] }), null],
    [group, inline({ ...ssh, self: true }, { ...ssh, cidrBlocks: ["10.0.0.0/8"] }), null],
    [group, inline({ ...ssh, ipv6CidrBlocks: ["fc00::/7"] }), null],
    [group, { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }] }, null],
    [single, { type: "egress", ...ssh, cidrBlocks: ["0.0.0.0/0"] }, null],
    [single, { type: "ingress", ...ssh, sourceSecurityGroupId: "sg-1" }, null],
    [ingress, { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "203.0.113.4/32" }, null],
    [ingress, { ipProtocol: "-1", referencedSecurityGroupId: "sg-1" }, null],
    [nodeGroup, { remoteAccess: { ec2SshKey: "k", sourceSecurityGroupIds: ["sg-1"] } }, null],
    [nodeGroup, { remoteAccess: {} }, null],
    [nodeGroup, {}, null],
  ]));

test("the whole internet is refused in every shape of a rule", () =>
  says(rule, [
    [
      group,
      inline({ ...ssh, cidrBlocks: ["0.0.0.0/0"] }),
      { violates: /ingress\[0\]\.cidrBlocks\[0\] 0\.0\.0\.0\/0 reaches port 22/ },
    ],
    [group, inline({ ...ssh, ipv6CidrBlocks: ["::/0"] }), { violates: /ingress\[0\]\.ipv6CidrBlocks\[0\] ::\/0/ }],
    [
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      inline({ ...ssh, cidrBlocks: ["0.0.0.0/0"] }),
      { violates: /0\.0\.0\.0/ },
    ],
    [single, { type: "ingress", ...ssh, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }, { violates: /cidrBlocks\[1\]/ }],
    [single, { type: "ingress", ...ssh, ipv6CidrBlocks: ["::/0"] }, { violates: /ipv6CidrBlocks\[0\]/ }],
    [
      ingress,
      { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" },
      { violates: /cidrIpv4 0\.0\.0\.0\/0/ },
    ],
    [ingress, { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv6: "::/0" }, { violates: /cidrIpv6 ::\/0/ }],
    [nodeGroup, { remoteAccess: { ec2SshKey: "k" } }, { violates: /remoteAccess without sourceSecurityGroupIds/ }],
    [nodeGroup, { remoteAccess: { ec2SshKey: "k", sourceSecurityGroupIds: [] } }, { violates: /remoteAccess/ }],
  ]));

test("all protocols, wide ranges and halves of the internet are SSH too", () =>
  says(rule, [
    [group, inline({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }), { violates: /port 22/ }],
    [group, inline({ protocol: "all", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }), { violates: /port 22/ }],
    [group, inline({ protocol: "6", fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }), { violates: /port 22/ }],
    [group, inline({ protocol: "tcp", fromPort: 20, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }), { violates: /port 22/ }],
    [group, inline({ protocol: "tcp", fromPort: 22, toPort: 30, cidrBlocks: ["0.0.0.0/0"] }), { violates: /port 22/ }],
    [ingress, { ipProtocol: "-1", cidrIpv6: "::/0" }, { violates: /port 22/ }],
    [ingress, { ipProtocol: "TCP", fromPort: -1, cidrIpv4: "0.0.0.0/0" }, { violates: /port 22/ }],
    [group, inline({ ...ssh, cidrBlocks: ["128.0.0.0/1"] }), { violates: /128\.0\.0\.0\/1/ }],
    [group, inline({ ...ssh, cidrBlocks: ["64.0.0.0/7"] }), { violates: /64\.0\.0\.0\/7/ }],
    [group, inline({ ...ssh, ipv6CidrBlocks: ["2000::/3"] }), { violates: /2000::\/3/ }],
  ]));

test("ports of SSH are set", async () => {
  const wide = (port: number) => inline({ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: ["0.0.0.0/0"] });
  await says(
    rule,
    [
      [group, wide(2222), { violates: /port 2222/ }],
      [group, wide(22), null],
    ],
    { settings: { ports: [2222] } },
  );
});

test("a network that is not known yet is said, hides no other, and does not matter for another port", () =>
  says(rule, [
    [single, { type: "ingress", ...ssh, cidrBlocks: [unknown] }, { unjudged: true }],
    [single, { type: unknown, ...ssh, cidrBlocks: ["0.0.0.0/0"] }, { unjudged: true }],
    [ingress, { ipProtocol: unknown, cidrIpv4: "0.0.0.0/0" }, { unjudged: true }],
    [ingress, { ipProtocol: unknown, cidrIpv4: "10.0.0.0/8" }, null],
    [ingress, { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: unknown }, null],
    [group, inline({ ...ssh, cidrBlocks: [unknown, "0.0.0.0/0"] }), { violates: /cidrBlocks\[1\]/ }],
    [group, { ingress: [unknown, { ...ssh, cidrBlocks: ["0.0.0.0/0"] }] }, { violates: /ingress\[1\]/ }],
    [group, { ingress: unknown }, { unjudged: true }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
