import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./errors";

/** What a guest's processor runs first. */
export type Firmware = "bios" | "uefi";

/** The UEFI variables of a guest, in its folder: its boot entries among them. They live as long as the guest. */
export const VARIABLES = "efi-variables.fd";

// Debian's package ovmf (and Ubuntu's). The build without secure boot; its 4 MiB layout is the one that later releases have too.
const CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const EMPTY_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd";
// Code and variables in one: QEMU's -bios keeps what is written to it in memory only.
const FORGETFUL = "/usr/share/ovmf/OVMF.fd";

/** QEMU's arguments for a guest that keeps its variables. BIOS is what QEMU has by itself. */
export function firmwareArguments(firmware: Firmware): string[] {
  if (firmware === "bios") return [];
  return [
    ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${CODE}`],
    ...["-drive", `if=pflash,unit=1,format=raw,file=${VARIABLES}`],
  ];
}

/** The same for a machine of which nothing is kept. */
export function forgetfulFirmwareArguments(firmware: Firmware): string[] {
  return firmware === "bios" ? [] : ["-bios", FORGETFUL];
}

/** Gives a new guest what its firmware keeps: with UEFI variables of its own, empty as in a machine that is new. */
export function makeVariables(folder: string, firmware: Firmware, empty = EMPTY_VARIABLES): void {
  const variables = join(folder, VARIABLES);
  rmSync(variables, { force: true });
  if (firmware === "bios") return;
  if (!existsSync(empty)) {
    throw new LabError(`there is no UEFI firmware ${empty}`, "install the package ovmf (`npm start` does)");
  }
  copyFileSync(empty, variables);
}

/** The firmware that the guest of this folder was made for. */
export function firmwareOf(folder: string): Firmware {
  return existsSync(join(folder, VARIABLES)) ? "uefi" : "bios";
}
