/** Asks again until the answer is yes, at most for the seconds; a question that fails is asked again too. */
export async function until(what: string, seconds: number, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let failure = "";
  while (Date.now() < end) {
    try {
      if (await condition()) return;
      failure = "";
    } catch (error) {
      failure = error instanceof Error ? `: ${error.message}` : "";
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`waited ${seconds} s in vain for: ${what}${failure}`);
}
