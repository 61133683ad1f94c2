import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "./errors";
import { oneVirtual } from "./fleet.fixture";
import { lookedAt } from "./offered-types";

const asked = (instanceTypes: string[], locations: string[]) =>
  lookedAt("solo", oneVirtual(), Promise.resolve({ instanceTypes, locations }));

test("a type that its zone offers is right, whatever else is answered", async () => {
  await asked(["c6in.metal", "c6in.8xlarge"], ["eu-central-1b", "eu-central-1a"]);
  await asked(["c6in.8xlarge", "c6in.8xlarge"], ["eu-central-1b", "eu-central-1a"]);
});

test("a type that another zone offers, and one that none does, are refused in one line", async () => {
  const refuses = (types: string[], zones: string[], says: RegExp) =>
    assert.rejects(asked(types, zones), (error: unknown) => error instanceof AwsError && says.test(error.message));
  await refuses(
    ["c6in.8xlarge", "c6in.metal"],
    ["eu-central-1b", "eu-central-1a"],
    /^solo: instances\[0\] \(solo\): eu-central-1a does not offer c6in\.8xlarge; write zone eu-central-1b, or another type$/,
  );
  await refuses([], [], /eu-central-1 does not offer c6in\.8xlarge; take another type or region$/);
});
