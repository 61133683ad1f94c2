import { after } from "node:test";

/** What a file of tests has started: each is ended after its last test, the newest first, also when another one fails to. */
export function endings(): { push(end: () => unknown): void } {
  const ends: (() => unknown)[] = [];
  after(async () => {
    const failed: unknown[] = [];
    for (const end of ends.reverse()) {
      try {
        await end();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, "not all that was started has ended well");
  });
  return { push: (end) => ends.push(end) };
}
