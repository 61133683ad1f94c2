import type { FleetAccess } from "./fleet-args";

/** A statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string;
}

/**
 * What nodes may do in AWS. With SSH alone: nothing, so they get no role. With Session Manager: its agent's channels, and no more. AWS's own
 * AmazonSSMManagedInstanceCore would let every node read every parameter of the account (`ssm:GetParameters` on `*`).
 * AWS, Systems Manager, "Add Session Manager permissions to an existing IAM role"; none of these actions takes a narrower resource.
 */
export function roleStatements({ sessionManager }: FleetAccess): readonly Statement[] | null {
  if (sessionManager !== true) return null;
  const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
  return [
    {
      Sid: "SessionManager",
      Effect: "Allow",
      Action: ["ssm:UpdateInstanceInformation", ...channels.map((action) => `ssmmessages:${action}`)],
      Resource: "*",
    },
  ];
}
