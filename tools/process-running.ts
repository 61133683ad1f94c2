import { readFileSync } from "node:fs";

/** Whether a process has this number now, also one of another user. One that has ended and was not collected yet does not run. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" && !hasEnded(pid);
  }
  return !hasEnded(pid);
}

/** Linux tells it in the third field of /proc/PID/stat, behind the program's name in brackets (proc(5): Z, X). */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false; // Another system: what kill(2) says must do.
  }
}
