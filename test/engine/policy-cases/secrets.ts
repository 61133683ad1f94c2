import { type Case, local } from "./resources";

export const secrets: Readonly<Record<string, Case>> = {
  "dpdk-no-secret-in-command": {
    violates: [local("true || sshpass -p hunter2 ssh 192.0.2.1"), /create holds a password/],
    unknown: local("LATER"),
  },
  "dpdk-no-secret-in-user-data": {
    violates: [
      { type: "aws:ec2/instance:Instance", props: { userData: "sshpass -p hunter2 ssh 192.0.2.1" } },
      /userData holds a password/,
    ],
    unknown: { type: "aws:ec2/instance:Instance", props: { userData: "LATER" } },
  },
};
