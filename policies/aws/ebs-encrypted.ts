import type { Finding, RuleArgs } from "../rule";
import { resourceRule } from "../rule";
import { elementsOf, inherits, isFalse, isTrue, type Machine, machineOf } from "./machine";

export const ebsEncrypted = resourceRule({
  name: "dpdk-ebs-encrypted",
  displayName: "EBS volumes are encrypted",
  description: "Every EBS volume of a machine is encrypted.",
  why: "A node's volume holds its keys and its configuration, and a snapshot of it is copied without the node knowing.",
  source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
  group: "aws",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write `encrypted: true` for each volume; a volume that is there already is copied by a snapshot.",
  settings: {
    encryptedByDefault: {
      type: "boolean",
      default: false,
      description: "Whether the account encrypts every new volume, so that a volume need not say it.",
    },
  },
  judge: (args) => {
    const { encryptedByDefault = false } = args.getConfig<{ encryptedByDefault?: boolean }>();
    const volumes = volumesOf(args);
    if (volumes === null) return "the resource makes no EBS volume";
    return volumes.map((read) => () => {
      const volume = read();
      return volume === null ? [] : mistakes(volume.where, volume.props, encryptedByDefault);
    });
  },
});

interface Volume {
  readonly where: string;
  readonly props: RuleArgs["props"];
}

function mistakes(where: string, props: RuleArgs["props"], encryptedByDefault: boolean): Finding[] {
  const place = where === "" ? "encrypted" : `${where}.encrypted`;
  if (isTrue(props.encrypted)) return [];
  if (isFalse(props.encrypted))
    return [`${place} is false, so that a copy of the volume gives the node's keys away; write true`];
  // A volume that is made from a snapshot is as that is; a template may not even say it.
  if (encryptedByDefault || props.snapshotId) return [];
  return [
    {
      warning: `${place} is absent, so the account decides whether the node's keys are readable in a copy; write true`,
    },
  ];
}

function volumesOf(args: RuleArgs): (() => Volume | null)[] | null {
  if (args.type === "aws:ebs/volume:Volume") return [() => ({ where: "", props: args.props })];
  const machine = machineOf(args);
  if (machine === null) return null;
  return machine.isTemplate ? ofTemplate(machine) : ofInstance(machine);
}

function ofTemplate({ props }: Machine): (() => Volume | null)[] {
  const mappings = elementsOf(props, "blockDeviceMappings").map((read) => () => {
    const { where, props: mapping } = read();
    // An instance store, or a device of the image that is taken away.
    if (mapping.virtualName || mapping.noDevice) return null;
    return { where: `${where}.ebs`, props: mapping.ebs ?? {} };
  });
  return mappings.length > 0 ? mappings : [() => ({ where: "blockDeviceMappings", props: {} })];
}

function ofInstance(machine: Machine): (() => Volume | null)[] {
  const { props } = machine;
  const root = () => {
    const found = props.rootBlockDevice;
    return found === undefined && inherits(machine) ? null : { where: "rootBlockDevice", props: found ?? {} };
  };
  const others = elementsOf(props, "ebsBlockDevices").map((read) => () => {
    const volume = read();
    return volume.props.noDevice ? null : volume;
  });
  return [root, ...others];
}
