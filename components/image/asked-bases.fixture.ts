import { BASES, type Base } from "./build-command";

/** The bases that a run of the tests is for: those in IMAGE_BASES, all of them where nobody says. CI's minutes are counted. */
export function askedBases(): readonly Base[] {
  const asked = process.env.IMAGE_BASES?.split(",");
  if (asked === undefined) return BASES;
  const unknown = asked.find((base) => !BASES.includes(base as Base));
  if (unknown !== undefined) throw new RangeError(`IMAGE_BASES: ${unknown} is no base; there are ${BASES.join(", ")}`);
  return asked as Base[];
}
