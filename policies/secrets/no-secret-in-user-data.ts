import { machineOf, noMachine, userDataOf } from "../aws/machine";
import { resourceRule } from "../rule";
import { secretsIn } from "./kinds";

export const noSecretInUserData = resourceRule({
  name: "dpdk-no-secret-in-user-data",
  displayName: "No secret in user data",
  description: "User data of an EC2 machine, plain, in base64 or packed, holds no password, token or private key.",
  why: "Every program of the node reads user data from IMDS, whoever may describe the instance reads it too, and it stays as long as the node.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
  group: "secrets",
  severity: "critical",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Keep it in Secrets Manager or the Parameter Store, let the machine's role read it, and change the one that was there.",
  judge: (args) => {
    const machine = machineOf(args);
    if (machine === null) return noMachine;
    return userDataOf(machine).map((read) => () => {
      const { where, text } = read();
      const kinds = [...secretsIn(text.replaceAll('\\"', '"').replaceAll("\\n", "\n")), ...cloudInitIn(text)];
      return [...new Set(kinds)].map(
        (kind) => `${where} holds ${kind}, which every program of the node reads; change it, and let the node fetch it`,
      );
    });
  },
});

// cloud-init, module "Set Passwords": NAME:PASSWORD a line, and what is a hash or to be made up (R, RANDOM) is none.
const passwordList = /^chpasswd:[^\n]*\n(?:[ \t]+[^\n]*\n)*?[ \t]+-?[ \t]*[\w.-]+:(?!\$|RANDOM\s*$)\S{4,}/m;

const cloudInitIn = (text: string) => (passwordList.test(`${text}\n`) ? ["a password"] : []);
