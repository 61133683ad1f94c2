import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { instance, says, template } from "./aws.fixture";
import { userDataImdsToken as rule } from "./user-data-imds-token";

const machine = (userData: string, httpTokens = "required") => ({ userData, metadataOptions: { httpTokens } });
const url = "http://169.254.169.254/latest/meta-data";
const fetched =
  'TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60")';

test("requests with a token pass, and so does an address that nobody asks", () =>
  says(
    rule,
    [
      `${fetched}\ncurl -H "X-aws-ec2-metadata-token: $TOKEN" ${url}/mac`,
      `${fetched}\ncurl -s \\\n  -H "X-aws-ec2-metadata-token: $TOKEN" \\\n  ${url}/mac`,
      `HEADER="X-aws-ec2-metadata-token: $TOKEN"\ncurl -H "$HEADER" ${url}/mac`,
      "export NO_PROXY=169.254.169.254",
      "iptables -A OUTPUT -d 169.254.169.254 -j DROP",
      `# curl ${url}/mac`,
      `${fetched}\nIMDS=${url}\ncurl -H "X-aws-ec2-metadata-token: $TOKEN" $IMDS/mac`,
      `HEADER="X-aws-ec2-metadata-token: $TOKEN"\ncurl --header "$HEADER" ${url}/mac`,
      `HEADERS=(-H "X-aws-ec2-metadata-token: $TOKEN")\ncurl "\${HEADERS[@]}" ${url}/mac`,
      "curl -X PUT http://169.254.169.254/latest/api/token",
      "ec2-metadata --mac",
      "",
    ].map((text) => [instance, machine(text), null] as const),
  ));

test("a request without a token is refused, whatever sends it and however it is packed", () => {
  const packed = Buffer.from(`#!/bin/sh\ncurl ${url}/mac`).toString("base64");
  return says(rule, [
    [
      instance,
      machine(`curl -s ${url}/mac`),
      { violates: /userData asks http:\/\/169\.254\.169\.254\/latest\/meta-data\/mac/ },
    ],
    [instance, machine(`MAC=$(wget -qO- ${url}/mac)`), { violates: /without a token/ }],
    [instance, machine(`curl -s 169.254.169.254/latest/meta-data/mac`), { violates: /without a token/ }],
    [instance, machine("curl http://[fd00:ec2::254]/latest/meta-data/mac"), { violates: /fd00/ }],
    [instance, machine(`IMDS=${url}\ncurl $IMDS/mac`), { violates: /without a token/ }],
    [instance, machine(`${fetched}\ncurl ${url}/mac`), { violates: /meta-data\/mac/ }],
    [instance, { ...machine(""), userDataBase64: packed }, { violates: /userDataBase64 asks/ }],
    [template, machine(packed), { violates: /userData asks/ }],
  ]);
});

test("other names of the address, and whatever sends to it beside a token, are seen", () =>
  says(
    rule,
    [
      "curl http://instance-data/latest/meta-data/mac",
      "curl http://instance-data.ec2.internal/latest/meta-data/mac",
      "wget -qO- 169.254.169.254/latest/meta-data/mac",
      ...["wget -qO-", "http", "fetch", "lwp-get", "urlopen", "request", "Invoke-RestMethod"].map(
        (sender) => `${fetched}\n${sender} ${url}/mac`,
      ),
    ].map((text) => [instance, machine(text), { violates: /without a token/ }] as const),
  ));

test("where IMDS asks for no token, another rule speaks", () =>
  says(rule, [
    [instance, machine(`curl ${url}/mac`, "optional"), null],
    [instance, { userData: `curl ${url}/mac` }, null],
  ]));

test("what is not known yet is said, and other resources are left alone", () =>
  says(rule, [
    [instance, machine(unknown), { unjudged: true }],
    [instance, machine(`curl ${url}/mac`, unknown), { unjudged: true }],
    [instance, machine("true", unknown), null],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
