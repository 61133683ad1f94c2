import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

/** How one node is entered over SSH. */
export interface SshConnection {
  /** Name or address. Example: `validator-07.example.net`. */
  host: string;
  /** TCP port. Default of SSH: 22. */
  port: number;
  /** Login. Anyone but root needs `sudo`. Example: `root`. */
  user: string;
  /** The node's public host key, as one line of `ssh-keyscan`'s without the name. Example: `ssh-ed25519 AAAA…`. */
  hostKey: pulumi.Input<string>;
  /** A private key, as a Pulumi secret. Absent: the operator's ssh-agent is asked, and no key reaches the state. */
  privateKey?: pulumi.Input<string>;
  /** The socket of the ssh-agent. Absent: the one of the shell that runs `pulumi`. */
  agentSocket?: string;
  /** Whether the agent is run through `sudo -n`. */
  sudo: boolean;
  /** The machine to go through. One hop: the command provider 1.2.1 knows no more. */
  via?: SshConnection;
}

/** Seconds for one dial, handshake included. A machine that is going down accepted a dial and said nothing for 68 s. */
const dialSeconds = 15;

/**
 * Failed dials before the provider gives up. None (1.2.1 dials once more than this says), because the provider retries a
 * wrong host key and a refused port alike; waiting for a machine is the work of the retry hook, which can tell them apart (retry.ts).
 */
const dialErrorLimit = 0;

/** The settings of the command provider for a connection. */
export function providerConnection(to: SshConnection): types.input.remote.ConnectionArgs {
  const settings = oneHop(to);
  return to.via === undefined ? settings : { ...settings, proxy: oneHop(to.via) };
}

function oneHop(to: SshConnection): types.input.remote.ConnectionArgs {
  return {
    host: to.host,
    port: to.port,
    user: to.user,
    hostKey: to.hostKey,
    dialErrorLimit,
    perDialTimeout: dialSeconds,
    ...(to.privateKey === undefined ? {} : { privateKey: to.privateKey }),
    ...(to.agentSocket === undefined ? {} : { agentSocketPath: to.agentSocket }),
  };
}
