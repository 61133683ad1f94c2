type Code = "unjudged" | "not-applicable";

/** What a rule is told in place of a value that nobody can know here. */
export function unjudged(message: string): Error {
  return withCode("unjudged", message);
}

/** What ends a rule that has nothing to say of a resource. */
export function notApplicable(reason?: string): never {
  throw withCode("not-applicable", reason ?? "the rule does not apply");
}

/** What an error of a rule means; null where the rule itself has failed. */
export function codeOf(error: unknown): Code | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "unjudged" || code === "not-applicable" ? code : null;
}

function withCode(code: Code, message: string): Error {
  return Object.assign(new Error(message), { code });
}
