import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** As much of SPDX 2.3 as is compared. */
export interface Sbom {
  spdxVersion: string;
  creationInfo: { created: string };
  documentDescribes: string[];
  packages: { SPDXID: string; name: string; versionInfo: string; licenseDeclared: string; sourceInfo?: string }[];
  files: { SPDXID: string; fileName: string; checksums: { algorithm: string; checksumValue: string }[] }[];
  hasExtractedLicensingInfos: { licenseId: string; extractedText: string }[];
  relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
}

const PROGRAM = "opt/pantheonchain/bin/pantheon-node";
/** What every image has beside the drivers that were asked for. */
const ALWAYS = ["bus_pci", "bus_vdev", "mempool_ring"];

export function readSbom(tree: string): Sbom {
  return JSON.parse(readFileSync(join(tree, "usr/share/sbom/pantheon-node.spdx.json"), "utf8")) as Sbom;
}

/** Every program and library of the image is in it by its SHA-256, and nothing else is. */
export function assertFiles(sbom: Sbom, tree: string): void {
  const isElf = (path: string) => readFileSync(join(tree, path)).subarray(0, 4).toString("latin1") === "\x7fELF";
  const found = filesBelow(tree, "").filter(isElf);
  const sum = (path: string) =>
    createHash("sha256")
      .update(readFileSync(join(tree, path)))
      .digest("hex");
  const told = sbom.files.map(({ fileName, checksums }) => [
    fileName,
    checksums.find(({ algorithm }) => algorithm === "SHA256")?.checksumValue,
  ]);
  assert.deepEqual(told.sort(), found.map((path) => [`./${path}`, sum(path)]).sort());
  const origins = sbom.relationships.filter(({ relationshipType }) => relationshipType === "GENERATED_FROM");
  assert.deepEqual(
    origins.map(({ spdxElementId }) => spdxElementId).sort(),
    sbom.files.map(({ SPDXID }) => SPDXID).sort(),
    "each file is from one package",
  );
}

/** Debian's packages are those that the image records, in these versions, each with licences that it declares. */
export function assertDebianPackages(sbom: Sbom, tree: string): void {
  const records = join(tree, "var/lib/dpkg/status.d");
  const recorded = readdirSync(records).map((name) => [
    name,
    /^Version: (.*)$/m.exec(readFileSync(join(records, name), "utf8"))?.[1],
  ]);
  const packages = sbom.packages.filter(({ SPDXID }) => SPDXID.startsWith("SPDXRef-Debian-"));
  assert.deepEqual(packages.map(({ name, versionInfo }) => [name, versionInfo]).sort(), recorded.sort());
  const extracted = new Set(sbom.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId));
  for (const { name, licenseDeclared } of packages) {
    assert.notEqual(licenseDeclared, "NOASSERTION", name);
    for (const licence of licenseDeclared.split(" AND "))
      assert.ok(!licence.startsWith("LicenseRef-") || extracted.has(licence), `${name}: ${licence} has no text`);
  }
}

/**
 * The drivers are those whose own records are in the program: DPDK leaves a text of each driver's name there (PMD_INFO_STRING), which
 * begins with its library's.
 */
export function assertDrivers(sbom: Sbom, tree: string): void {
  const program = readFileSync(join(tree, PROGRAM), "latin1");
  const names = [...program.matchAll(/PMD_INFO_STRING= \{"name" ?: "(\w+)"/g)].map((match) => match[1] as string);
  assert.ok(names.length > 0);
  const told = sbom.packages.filter(({ SPDXID }) => SPDXID.startsWith("SPDXRef-Driver-")).map(({ name }) => name);
  for (const name of names)
    assert.ok(
      told.some((driver) => isOf(driver, name)),
      `${name} is in the program alone`,
    );
  for (const driver of told)
    assert.ok(ALWAYS.includes(driver) || names.some((name) => isOf(driver, name)), `${driver} is told alone`);
}

/** What it says of DPDK's version; that the program has this one, container.image.test.ts asks the program. */
export function dpdkOf(sbom: Sbom): string {
  return sbom.packages.find(({ SPDXID }) => SPDXID === "SPDXRef-Package-dpdk")?.versionInfo ?? "";
}

/** net_e1000 has net_e1000_em and net_e1000_igb; net_virtio also virtio_user. */
function isOf(driver: string, name: string): boolean {
  return name.startsWith(driver) || `net_${name}`.startsWith(driver);
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    const found = lstatSync(join(root, path));
    if (found.isDirectory()) return filesBelow(root, path);
    return found.isFile() ? [path] : [];
  });
}
