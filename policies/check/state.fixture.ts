/** Of a saved state: what `pulumi stack export` has in place of a secret, encrypted, or shown by `--show-secrets`. */
export const secret = (shown?: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...(shown === undefined ? { ciphertext: "AAABAKm3x2Z" } : { plaintext: JSON.stringify(shown) }),
});

export const urnOf = (type: string, name: string) => `urn:pulumi:fra1::dpdk-fleet::${type}::${name}`;

/** A command as a state has it. */
export const command = (name: string, inputs: object, more: object = {}) => ({
  urn: urnOf("command:local:Command", name),
  custom: true,
  type: "command:local:Command",
  inputs,
  outputs: { ...inputs, stdout: "done" },
  ...more,
});

export const exported = (...resources: object[]) => ({ version: 3, deployment: { resources } });
