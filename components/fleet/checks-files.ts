import { posix } from "node:path";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

const FOLDERS = ["/etc/pantheonchain/", "/opt/pantheonchain/", "/usr/local/etc/", "/etc/systemd/system/"];

export function fileMistakes({ files, dataPlane }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const rendered = dataPlane === null ? [] : [dataPlane.dpdkConfPath, dataPlane.configTomlPath];
  files.forEach((file, index) => {
    const path = ["files", index, "path"];
    const say = (remedy: string) => problems.push({ path, value: file.path, remedy });
    if (
      !FOLDERS.some((folder) => file.path.startsWith(folder)) ||
      posix.normalize(file.path) !== file.path ||
      /[^A-Za-z0-9@._/-]/.test(file.path)
    ) {
      say(`must be a plain path under ${FOLDERS.map((folder) => folder.slice(0, -1)).join(", ")}`);
    }
    if (/^dpdk-(node-agent|fleet)/.test(posix.basename(file.path)))
      say("belongs to the node agent; choose another name");
    if (rendered.includes(file.path)) say("is rendered from dataPlane; set its values there");
    if (files.findIndex((other) => other.path === file.path) !== index) say("is listed twice; keep one");
  });
  if (dataPlane !== null && dataPlane.dpdkConfPath === dataPlane.configTomlPath) {
    problems.push({
      path: ["dataPlane", "configToml"],
      value: dataPlane.configTomlPath,
      remedy: "is the path of dpdk.conf; choose another",
    });
  }
  return problems;
}

const OWNED: Readonly<Record<string, string>> = {
  "vm.nr_hugepages": "the page counts come from hugepages, for each NUMA node; leave it out",
  "vm.nr_hugepages_mempolicy": "the page counts come from hugepages, for each NUMA node; leave it out",
  "kernel.panic": "set kernel.panicSeconds",
};

export function sysctlMistakes({ sysctl }: FleetNode): FleetProblem[] {
  return sysctl.flatMap(({ key, value }) => {
    const remedy = Object.hasOwn(OWNED, key.replaceAll("/", ".")) ? OWNED[key.replaceAll("/", ".")] : undefined;
    return remedy === undefined ? [] : [{ path: ["sysctl", key], value, remedy }];
  });
}
