import { AwsError } from "./errors";

// What cloud-init writes to the console, in one piece (cloudinit/config/cc_keys_to_console.py, tools/write-ssh-key-fingerprints).
const BLOCK = /-----BEGIN SSH HOST KEY KEYS-----\r?\n([\s\S]*?)-----END SSH HOST KEY KEYS-----/g;
const ED25519 = /(?:^|\s)(ssh-ed25519 AAAA[A-Za-z0-9+/]+={0,2})(?=\s|$)/gm;

/**
 * The host key that an instance has made, out of its console: `aws ec2 get-console-output --latest --instance-id … --output text`. Null while
 * the boot has not come so far. Pure.
 *
 * @throws AwsError where there are two: one of them is not the instance's own.
 */
export function hostKeyOfConsole(instance: string, console: string): string | null {
  const blocks = [...console.matchAll(BLOCK)].map(([, block = ""]) => block);
  const keys = new Set(blocks.flatMap((block) => [...block.matchAll(ED25519)].map(([, key = ""]) => key)));
  if (keys.size > 1)
    throw new AwsError(
      `${instance}: its console has ${keys.size} host keys of type ed25519`,
      "replace the instance (raise its generation), and see who has been on it",
    );
  const [key = null] = keys;
  return key;
}
