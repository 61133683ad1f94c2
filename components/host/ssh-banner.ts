import { connect } from "node:net";

/** Where an SSH server is expected. */
export interface SshServer {
  host: string;
  port: number;
}

/**
 * Seconds that a server may take to say who it is. The command provider's own limit of a dial ends before the handshake: a
 * machine that was booting accepted a dial and kept it for 75 s. So the waiting is done here, and the dial comes after it.
 */
const bannerSeconds = 4;

/** Waits until an SSH server greets, or the seconds are over; answers whether it did. Never longer than one try beyond them. */
export async function untilSshGreets(server: SshServer, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const start = Date.now();
    if (await sshGreets(server)) return true;
    if (Date.now() >= deadline) return false;
    // A refused port answers at once: one try a second is enough.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (Date.now() - start))));
  }
}

/** Whether a server's first bytes are those of SSH (RFC 4253, 4.2: the server may speak first, and OpenSSH does). */
export function sshGreets(server: SshServer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(server.port, server.host);
    const end = (greeted: boolean) => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(bannerSeconds * 1000, () => end(false));
    socket.once("data", (bytes: Buffer) => end(bytes.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}
