import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the lab keeps its things. All of it lies in one folder that git ignores. */
export interface LabSettings {
  /** The repository. */
  projectFolder: string;
  /** What was built and what runs. Default `.cache`; the variable DPDK_FLEET_CACHE names another. */
  cacheFolder: string;
  /** What runs for this stack: its guests, its registry, its copies of configuration. In the cache folder, by the stack's name. */
  labFolder: string;
  /** The stack's state. */
  stateFolder: string;
  /** The passphrase of the stack's secrets: random, made at the first start. */
  passphraseFile: string;
  /** The stack's configuration with the salt of that passphrase: a copy, so that the committed file stays as it is. */
  stackConfigFile: string;
  /** The name of the stack. */
  stack: string;
  /** The commands that bring it up and take it away, as they are told to people. */
  commands: { up: string; down: string };
}

/** The lab whose stack is `stack`: `lab` has two DPDK nodes, `lab-k8s` a Kubernetes worker and a node. */
export function labSettings(stack = "lab"): LabSettings {
  const projectFolder = resolve(__dirname, "../../..");
  const cacheFolder = resolve(projectFolder, process.env.DPDK_FLEET_CACHE ?? ".cache");
  return {
    projectFolder,
    cacheFolder,
    stateFolder: join(cacheFolder, "state"),
    passphraseFile: join(cacheFolder, "passphrase"),
    labFolder: join(cacheFolder, stack),
    stackConfigFile: join(cacheFolder, stack, `Pulumi.${stack}.yaml`),
    stack,
    commands:
      stack === "lab"
        ? { up: "npm start", down: "npm run lab:down" }
        : { up: "npm run lab:k8s", down: "npm run lab:k8s:down" },
  };
}

/** Makes the folders and the passphrase that are missing. */
export function makeFolders(settings: LabSettings): void {
  mkdirSync(settings.stateFolder, { recursive: true, mode: 0o700 });
  mkdirSync(settings.labFolder, { recursive: true });
  if (!existsSync(settings.passphraseFile)) {
    writeFileSync(settings.passphraseFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  }
}

/** What a shell needs, so that a plain `pulumi up -s lab` does what `npm start` does. */
export function backendEnvironment(settings: LabSettings): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${settings.stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: settings.passphraseFile,
    PULUMI_OPTION_CONFIG_FILE: settings.stackConfigFile,
    // A plain `pulumi up` runs no pack by itself.
    PULUMI_OPTION_POLICY_PACK: join(settings.projectFolder, "policies"),
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

/** A file for `source`, with the environment of the lab's engine: `env.sh`, or `env-STACK.sh` of another stack than `lab`. */
export function writeShellEnvironment(settings: LabSettings, environment: Record<string, string>): string {
  const file = join(settings.cacheFolder, settings.stack === "lab" ? "env.sh" : `env-${settings.stack}.sh`);
  const lines = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  const text = `# The environment of the lab's engine: . ${file}\n${lines.join("\n")}\n`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
  return file;
}
