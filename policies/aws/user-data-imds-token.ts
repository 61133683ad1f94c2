import { resourceRule } from "../rule";
import { machineOf, noMachine, userDataOf } from "./machine";
import { linesOf } from "./user-data";

export const userDataImdsToken = resourceRule({
  name: "dpdk-user-data-imds-token",
  displayName: "User data asks IMDS with a token",
  description: "User data of a machine whose IMDS asks for a token sends one.",
  why: "The request is answered with 401 at the first boot, and a node that takes its interfaces or addresses from the answer comes up without them.",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html",
  group: "aws",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Fetch a token by PUT from /latest/api/token, and send it as X-aws-ec2-metadata-token with every request.",
  judge: (args) => {
    const machine = machineOf(args);
    if (machine === null) return noMachine;
    const isRequired = () => machine.props.metadataOptions?.httpTokens === "required";
    return userDataOf(machine).map((read) => () => {
      const { where, text } = read();
      const asked = requestsWithoutToken(text);
      if (asked.length === 0 || !isRequired()) return [];
      return asked.map(
        (request) =>
          `${where} asks ${request} without a token and metadataOptions.httpTokens is required: it gets 401 at boot; send X-aws-ec2-metadata-token`,
      );
    });
  },
});

const address = String.raw`(?:169\.254\.169\.254|\[fd00:ec2::254\]|instance-data(?:\.ec2\.internal)?)`;
const request = new RegExp(
  String.raw`https?:\/\/${address}[^\s"'\x60)]*|\b(?:curl|wget)\b.*[\s"']${address}\/[^\s"'\x60)]*`,
);

// The header itself; a variable in its place, which the script fills before; or the token's own request.
const hasToken = /x-aws-ec2-metadata-token|(?:-H|--header)[ =]?["']?\$|"\$\{\w+\[@\]\}"|\/latest\/api\/token/i;

const senders = /\b(curl|wget|http|fetch|get|urlopen|request|invoke-\w+)\b/i;

/** Where the address stands in a variable, the request is not seen; then one mention of a token in the text must do. */
function requestsWithoutToken(text: string): string[] {
  const found = linesOf(text).flatMap((line) => {
    const asked = request.exec(line)?.[0];
    if (asked === undefined || hasToken.test(line)) return [];
    const isSent = senders.test(line.replace(/https?:\/\/\S+/g, " "));
    return isSent || !hasToken.test(text) ? [asked] : [];
  });
  return [...new Set(found)];
}
