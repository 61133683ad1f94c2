import { join } from "node:path";
import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type AgentArchive, agentArchive } from "./agent-archive";
import { providerConnection, type SshConnection } from "./connection";
import { journal } from "./journal";
import { MAC_ADDRESS } from "./nics";
import type { HostPlan } from "./plan-schema";
import { planText } from "./plan-text";
import { type RetryLimits, retryHook } from "./retry";
import { sshClient } from "./ssh-client";

/** An image as nodes name it. */
export interface NodeImage {
  /** With its digest. Example: `registry.example.com/pantheonchain/pantheon-node@sha256:…`. */
  reference: pulumi.Input<string>;
  /** Whether the registry speaks plain HTTP, as the lab's does. The digest secures the content, not the connection. Default false. */
  plainHttp?: boolean;
}

/** What a DPDK host is made from. */
export interface DpdkHostArgs {
  /** All that the node must be. Made by `hostPlan` from a fleet file. */
  plan: HostPlan;
  /** How the node is entered. */
  connection: SshConnection;
  /** A file on the operator's machine that receives the node's console. Its last lines explain a node that is given up. */
  console?: string;
  /**
   * The data plane's image; needed where the plan has a service. Not part of the plan: its digest is known only after a build, and
   * an unknown in the plan would hide all of it from a preview.
   */
  image?: NodeImage;
  /**
   * MACs of NICs that are in the plan by their names alone (`latePci`, `lateMac`), because only the instance tells. Not part of the plan for
   * the same reason as the image. Example: `{ dpdk0: networkInterface.macAddress }`.
   */
  nics?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Which machine it is: another one is given the agent anew, which an update would not do. Example: an EC2 instance's id. Default: the one
   * that answers.
   */
  machine?: pulumi.Input<string>;
  /**
   * A folder of the operator's machine that remembers which nodes' last update did not end well; the next one looks at them
   * whatever their plan. Absent: a fleet file that is put back after a failed update changes nothing on the node.
   */
  journal?: string;
  /** How long the node may take, reboots included. Default 1,200 s and 60 attempts. */
  limits?: RetryLimits;
}

/**
 * One server that becomes a DPDK node, and becomes what it was before when it is destroyed.
 *
 * Errors: a wrong host key or login ends the update at once; a plan that the node contradicts is refused before anything
 * is changed; kernel arguments that do not boot leave the node on its previous kernel, and the update fails with the reason.
 *
 * @example
 * new DpdkHost("validator-07", { plan: hostPlan(fleet, "validator-07"), connection });
 */
export class DpdkHost extends pulumi.ComponentResource {
  /** The agent's last report: one line of JSON with the plan's hash, the boot id, the reboots done and every stage's state. */
  public readonly report: pulumi.Output<string>;

  constructor(name: string, args: DpdkHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:host:DpdkHost", name, {}, opts);
    const agent = agentArchive();
    const upload = uploadAgent(name, agent, args, this);
    const enrolled = enrol(name, agent, args, this, upload);
    const converged = converge(name, agent, args, this, enrolled);
    this.report = converged.stdout;
    this.registerOutputs({ report: this.report });
  }
}

/** Sends the agent into the login's home. The provider's copy knows neither sudo nor delete, so it goes no further. */
function uploadAgent(name: string, agent: AgentArchive, args: DpdkHostArgs, parent: DpdkHost): remote.CopyToRemote {
  return new remote.CopyToRemote(
    `${name}-upload`,
    {
      connection: providerConnection(args.connection),
      source: new pulumi.asset.FileAsset(agent.path),
      remotePath: uploadedName(agent),
      // The provider copies again when the file is another one, or in place of this resource another one comes.
      ...(args.machine === undefined ? {} : { triggers: [args.machine] }),
    },
    { parent, ...patience(name, "upload", args) },
  );
}

/** Installs the agent, and nothing else; its delete is what undoes all that converge has done, also after a failed one. */
function enrol(
  name: string,
  agent: AgentArchive,
  args: DpdkHostArgs,
  parent: DpdkHost,
  upload: remote.CopyToRemote,
): remote.Command {
  const install = `${asRoot(args)}python3 ./${uploadedName(agent)} install --sha256 ${agent.sha256}`;
  return new remote.Command(
    `${name}-enrol`,
    {
      connection: providerConnection(args.connection),
      create: install,
      update: install,
      delete: `if [ -x ${agentCommand} ]; then ${asRoot(args)}${agentCommand} uninstall --within ${uninstallSeconds}; fi && rm -f ./.dpdk-node-agent-*.pyz`,
      addPreviousOutputInEnv: false,
      logging: "none",
    },
    { parent, dependsOn: upload, ...patience(name, "enrol", args) },
  );
}

/** Makes the node what its plan says. The plan is an input, so that a preview shows the argument or the core that changes. */
function converge(
  name: string,
  agent: AgentArchive,
  args: DpdkHostArgs,
  parent: DpdkHost,
  enrolled: remote.Command,
): local.Command {
  const entry =
    args.journal === undefined ? undefined : journal(`${name}-converge`, join(args.journal, `${name}.json`));
  // The agent's hash is in the command, so that a new agent looks at every node once.
  const why = [
    `agent ${agent.sha256.slice(0, 12)}`,
    ...(entry === undefined || entry.attempt === 0 ? [] : [`attempt ${entry.attempt}`]),
  ];
  const command = pulumi.interpolate`${asRoot(args)}${agentCommand} converge${imageOption(name, args)}${nicOptions(args)} # ${why.join(", ")}`;
  const { hooks, ...patient } = patience(name, "converge", args);
  return new local.Command(
    `${name}-converge`,
    {
      ...sshClient(args.connection),
      create: command,
      update: command,
      stdin: planText(args.plan),
      addPreviousOutputInEnv: false,
      logging: local.Logging.Stderr, // what the agent says while it works
    },
    { parent, dependsOn: enrolled, ...patient, hooks: { ...hooks, ...entry?.hooks } },
  );
}

/** The option of converge that names the image; empty where the plan runs none. */
function imageOption(name: string, { plan, image }: DpdkHostArgs): pulumi.Input<string> {
  if (plan.service === undefined) return "";
  if (image === undefined) {
    throw new RangeError(`node ${name}: its plan has a service and no image is given; give DpdkHost an \`image\``);
  }
  return pulumi.interpolate` --image ${pulumi.output(image.reference).apply(checkedReference)}${image.plainHttp ? " --plain-http" : ""}`;
}

/** The options of converge that tell which NICs the plan means. */
function nicOptions({ nics = {} }: DpdkHostArgs): pulumi.Input<string> {
  const options = Object.entries(nics).map(
    ([name, mac]) => pulumi.interpolate` --nic ${name}=${pulumi.output(mac).apply(checkedMac)}`,
  );
  return pulumi.all(options).apply((each) => each.join(""));
}

function checkedMac(mac: string): string {
  if (MAC_ADDRESS.test(mac)) return mac;
  throw new RangeError(`${JSON.stringify(mac)} is no MAC address in lowercase such as 02:ab:00:00:00:01`);
}

/** The reference becomes part of a command line: nothing but what a reference may hold. */
function checkedReference(reference: string): string {
  if (/^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/.test(reference)) return reference;
  throw new RangeError(`image ${JSON.stringify(reference)} has no digest; name it as REGISTRY/NAME@sha256:DIGEST`);
}

/** Seconds that an uninstall waits for a worker that is still busy: the engine retries no delete once a node is gone from it. */
const uninstallSeconds = 240;

/** Where `install` puts the link to the agent. */
const agentCommand = "/usr/local/sbin/dpdk-node-agent";

/** Relative: both SFTP and a command start in the login's home. Hidden: it is no file of the person's. */
function uploadedName(agent: AgentArchive): string {
  return `.dpdk-node-agent-${agent.sha256.slice(0, 12)}.pyz`;
}

function asRoot(args: DpdkHostArgs): string {
  return args.connection.sudo ? "sudo -n " : "";
}

/** The hook that waits for a node, and a time limit that outlives it, so that the hook's reason is the one that is read. */
function patience(name: string, step: string, args: DpdkHostArgs): pulumi.CustomResourceOptions {
  const { host, port } = args.connection.via ?? args.connection;
  const node = {
    name,
    server: { host, port },
    ...(args.console === undefined ? {} : { console: args.console }),
    ...(args.limits === undefined ? {} : { limits: args.limits }),
  };
  return { hooks: { onError: [retryHook(`${name}-${step}-retry`, node)] } };
}
