import { connect } from "node:net";
import { createInterface } from "node:readline";

/** Sends one command to a QEMU through its control socket. False where it does not answer within five seconds. */
export function qmp(socketFile: string, command: string): Promise<boolean> {
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
    createInterface({ input: socket }).on("line", (line) => {
      // The greeting and events come in between; the second answer is that of the command.
      if (line.includes('"return"') && ++answers === 2) end(true);
      if (line.includes('"error"')) end(false);
    });
  });
}
