import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import type * as pulumi from "@pulumi/pulumi";
import type { FleetPlan } from "./fleet-plan";
import type { MadeNetwork, Making } from "./make-network";
import type { Statement } from "./role-plan";
import type { GroupRule } from "./security-plan";

export interface MadeSecurity {
  readonly management: pulumi.Output<string>;
  readonly dpdk: pulumi.Output<string>;
  /** Null where nodes may do nothing in AWS. */
  readonly profile: pulumi.Output<string> | null;
  /** What must be there before an instance boots. */
  readonly ready: readonly pulumi.Resource[];
}

export function makeSecurity(plan: FleetPlan, network: MadeNetwork, making: Making): MadeSecurity {
  const management = makeGroup("management", "SSH, and the way out", plan.security.management, network, making);
  const dpdk = makeGroup("dpdk", "peers of the data plane", plan.security.dpdk, network, making);
  const { endpoints } = plan.security;
  const ready: pulumi.Resource[] = [...management.rules, ...dpdk.rules];
  if (endpoints !== null) ready.push(...makeEndpoints(plan, endpoints, network, making));
  const profile = plan.role === null ? null : makeProfile(plan.role, making);
  return { management: management.group.id, dpdk: dpdk.group.id, profile: profile?.name ?? null, ready };
}

function makeGroup(
  role: string,
  description: string,
  rules: readonly GroupRule[],
  { vpcId }: MadeNetwork,
  { fleet, region, tags, parent }: Making,
) {
  const name = `${fleet}-${role}`;
  // AWS takes no apostrophe in a description (EC2, API reference, CreateSecurityGroup).
  const group = new SecurityGroup(name, { region, vpcId, description, tags: tags(name) }, { parent });
  const made = rules.map((rule) => {
    const { protocol, port, range, direction } = rule;
    const args = {
      region,
      securityGroupId: group.id,
      ipProtocol: protocol,
      ...(port === null ? {} : { fromPort: port, toPort: port }),
      ...(range.includes(":") ? { cidrIpv6: range } : { cidrIpv4: range }),
      tags: tags(`${name}-${rule.name}`),
    };
    const Rule = direction === "in" ? SecurityGroupIngressRule : SecurityGroupEgressRule;
    return new Rule(`${name}-${rule.name}`, args, { parent });
  });
  return { group, rules: made };
}

/** Session Manager within the VPC. An endpoint gets its addresses from the lower half, so it waits for the reservation of the upper one. */
function makeEndpoints(
  { network }: FleetPlan,
  rules: readonly GroupRule[],
  made: MadeNetwork,
  making: Making,
): pulumi.Resource[] {
  const { fleet, region, tags, parent } = making;
  const { group, rules: opened } = makeGroup("endpoints", "endpoints of Session Manager", rules, made, making);
  const zones = [...made.zones.values()];
  return network.endpoints.map((service) => {
    const name = `${fleet}-${service}`;
    return new VpcEndpoint(
      name,
      {
        region,
        vpcId: made.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: zones.map(({ management }) => management),
        securityGroupIds: [group.id],
        tags: tags(name),
      },
      { parent, dependsOn: [...opened, ...zones.flatMap(({ ready }) => ready)] },
    );
  });
}

function makeProfile(statements: readonly Statement[], { fleet, tags, parent }: Making): InstanceProfile {
  const name = `${fleet}-node`;
  const assume = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
  const document = (Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const role = new Role(name, { assumeRolePolicy: document([assume]), tags: tags(name) }, { parent });
  const policy = new RolePolicy(name, { role: role.name, policy: document(statements) }, { parent });
  return new InstanceProfile(name, { role: role.name, tags: tags(name) }, { parent, dependsOn: policy });
}
