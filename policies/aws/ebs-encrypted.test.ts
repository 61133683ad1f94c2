import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { instance, says, template } from "./aws.fixture";
import { ebsEncrypted as rule } from "./ebs-encrypted";

const volume = "aws:ebs/volume:Volume";
const encrypted = { encrypted: true };
const root = { rootBlockDevice: encrypted };
const mapping = (ebs: object | null, rest: object = {}) => ({
  blockDeviceMappings: [{ ...(ebs && { ebs: { ...ebs } }), ...rest }],
});

test("encrypted volumes pass, and so does what is no volume of its own", async () => {
  await says(rule, [
    [instance, { ...root, ebsBlockDevices: [encrypted] }, null],
    [template, mapping({ encrypted: "true" }), null],
    [template, mapping(null, { virtualName: "ephemeral0" }), null],
    [template, mapping(null, { noDevice: "true" }), null],
    [template, mapping({ snapshotId: "snap-1" }), null],
    [volume, encrypted, null],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", { ...root, ebsBlockDevices: [{ noDevice: true }] }, null],
    [instance, { launchTemplate: { id: "lt-1" } }, null],
  ]);
  await says(rule, [[instance, {}, null]], { settings: { encryptedByDefault: true } });
});

test("what is explicitly off is refused, whatever the account does", async () => {
  await says(rule, [
    [instance, { rootBlockDevice: { encrypted: false } }, { violates: /rootBlockDevice\.encrypted is false/ }],
    [
      instance,
      { ...root, ebsBlockDevices: [encrypted, { encrypted: false }] },
      { violates: /ebsBlockDevices\[1\]\.encrypted/ },
    ],
    [template, mapping({ encrypted: "false" }), { violates: /blockDeviceMappings\[0\]\.ebs\.encrypted is false/ }],
    [
      instance,
      { launchTemplate: { id: "lt-1" }, rootBlockDevice: { encrypted: false } },
      { violates: /rootBlockDevice\.encrypted is false/ },
    ],
    [volume, { encrypted: false }, { violates: /^node: encrypted is false/ }],
    [volume, { encrypted: false, snapshotId: "snap-1" }, { violates: /encrypted is false/ }],
  ]);
  await says(rule, [[volume, { encrypted: false }, { violates: /false/ }]], { settings: { encryptedByDefault: true } });
});

test("what is absent is a warning", () =>
  says(rule, [
    [instance, {}, { advises: /rootBlockDevice\.encrypted is absent/ }],
    [
      instance,
      { ...root, ebsBlockDevices: [{ deviceName: "sdb" }] },
      { advises: /ebsBlockDevices\[0\]\.encrypted is absent/ },
    ],
    [template, mapping({ volumeSize: 8 }), { advises: /ebs\.encrypted is absent/ }],
    [template, {}, { advises: /blockDeviceMappings\.encrypted is absent/ }],
    [volume, {}, { advises: /encrypted is absent/ }],
  ]));

test("a volume that is not known yet hides no wrong one, and other resources are left alone", () =>
  says(rule, [
    [volume, { encrypted: unknown }, { unjudged: true }],
    [instance, { ...root, ebsBlockDevices: unknown }, { unjudged: true }],
    [
      instance,
      { rootBlockDevice: unknown, ebsBlockDevices: [{ encrypted: false }] },
      { violates: /ebsBlockDevices\[0\]/ },
    ],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
