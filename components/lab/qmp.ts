import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";

/** Sends one command to a QEMU through the control socket in its folder. False where it does not answer within five seconds. */
export async function qmp(folder: string, socketName: string, command: string): Promise<boolean> {
  // The path of a socket has at most 107 bytes, and a cache folder may lie deep: the kernel's name for an open folder is short.
  const descriptor = openSync(folder, "r");
  try {
    return await send(`/proc/self/fd/${descriptor}/${socketName}`, command);
  } finally {
    closeSync(descriptor);
  }
}

function send(socketFile: string, command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketFile);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(5000, () => end(false));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    socket.write(`{"execute":"qmp_capabilities"}\n{"execute":"${command}"}\n`);
    let answers = 0;
    const lines = createInterface({ input: socket });
    lines.once("error", () => end(false)); // The reader repeats the socket's errors.
    lines.on("line", (line) => {
      // The greeting and events come in between; the second answer is that of the command.
      if (line.includes('"return"') && ++answers === 2) end(true);
      if (line.includes('"error"')) end(false);
    });
  });
}
