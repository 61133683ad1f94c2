import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { LabError } from "./errors";
import { type Firmware, forgetfulFirmwareArguments } from "./firmware";
import { type Accelerator, acceleratorArguments } from "./qemu";

/** What a fleet file may ask for. */
export type WantedAccelerator = "tcg" | "kvm" | "auto";

/** Program and arguments that try to boot a kernel under KVM and print its console. */
export interface KvmProbe {
  device: string;
  command: readonly [string, ...string[]];
  /** Seconds after which KVM counts as hanging. A kernel that works is there in three. */
  seconds: number;
}

// The last line that the kernel prints by itself: processors, timers, interrupts and PCI worked until then.
const BOOTED = /Run \/init as init process/;

/** The probe with the lab's own disk: what it boots is what the guests boot, and nothing of it is kept. */
export function kvmProbe(disk: string, firmware: Firmware = "bios"): KvmProbe {
  return {
    device: "/dev/kvm",
    command: [
      "qemu-system-x86_64",
      ...acceleratorArguments("kvm"),
      ...forgetfulFirmwareArguments(firmware),
      ...["-nodefaults", "-no-user-config", "-display", "none", "-vga", "none", "-smp", "2", "-m", "512"],
      ...["-drive", `if=none,id=root,file=${disk},format=raw,snapshot=on`, "-device", "virtio-blk-pci,drive=root"],
      ...["-serial", "stdio"],
    ],
    seconds: 20,
  };
}

/**
 * The accelerator to use. `tcg` is taken as it stands. For `kvm` and `auto` a kernel is booted first, within a time limit: a
 * /dev/kvm that is there may still refuse a processor or hang. Where KVM does not work, one line says why and `tcg` is used.
 */
export async function chooseAccelerator(
  wanted: WantedAccelerator,
  probe: KvmProbe,
  log: (line: string) => void,
): Promise<Accelerator> {
  if (wanted === "tcg") return "tcg";
  const reason = await whyNoKvm(probe);
  if (reason === null) return "kvm";
  log(`KVM is not used: ${reason}; software emulation (tcg) takes its place and is several times slower`);
  return "tcg";
}

/** Null where KVM works. */
export async function whyNoKvm(probe: KvmProbe): Promise<string | null> {
  try {
    accessSync(probe.device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing ? `there is no ${probe.device}` : `${probe.device} may not be opened by this user (group kvm)`;
  }
  return bootOnce(probe);
}

function bootOnce(probe: KvmProbe): Promise<string | null> {
  const [program, ...args] = probe.command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let answer: string | null | undefined;
    const end = (reason: string | null): void => {
      if (answer === undefined) answer = reason;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => end(`a kernel did not boot within ${probe.seconds} s`), probe.seconds * 1000);
    let console = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      console = (console + text).slice(-4000);
      if (BOOTED.test(console)) end(null);
    });
    const complaint = firstLineOf(child);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code !== "ENOENT") return reject(error);
      reject(new LabError(`there is no program ${program}`, "install qemu-system-x86 8 or newer (npm start does)"));
    });
    child.once("close", () => {
      clearTimeout(timer);
      resolve(answer === undefined ? complaint() || "QEMU ended before its kernel booted" : answer);
    });
  });
}

function firstLineOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  return () => text.trim().split("\n")[0] ?? "";
}
