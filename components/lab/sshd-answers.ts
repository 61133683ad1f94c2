import { connect } from "node:net";

/**
 * Whether an SSH server greets at this port of 127.0.0.1. QEMU takes the connection itself, so that a port that opens proves
 * nothing; only a server sends `SSH-`.
 */
export function sshdAnswers(port: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(milliseconds, () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}
