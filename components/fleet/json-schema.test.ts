import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fleetJsonSchema, hostPlanJsonSchema } from "./json-schema";

const written = (file: string): unknown => JSON.parse(readFileSync(join(__dirname, file), "utf8"));

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Every property below a schema, with its path. */
function* properties(schema: Schema, path: string): Generator<readonly [string, Schema]> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${key}`, value];
    yield* properties(value, `${path}.${key}`);
  }
  for (const inner of [schema.additionalProperties, schema.items, ...(schema.anyOf ?? [])]) {
    if (typeof inner === "object") yield* properties(inner, path);
  }
}

test("the schema files are current: npm run schema", () => {
  assert.deepEqual(written("fleet.schema.json"), JSON.parse(JSON.stringify(fleetJsonSchema())));
  assert.deepEqual(written("../host/plan.schema.json"), JSON.parse(JSON.stringify(hostPlanJsonSchema())));
});

test("every field says what it is; every value also whether it reboots the node, and gives an example", () => {
  for (const [path, schema] of properties(fleetJsonSchema() as Schema, "")) {
    assert.ok(schema.description, `${path} has no description`);
    const group =
      schema.properties !== undefined ||
      schema.items?.properties !== undefined ||
      schema.additionalProperties !== undefined;
    if (!group) assert.match(schema.description, /A change (reboots the node|needs no reboot)\..* Example: /s, path);
  }
});

test("a field with a default says so", () => {
  for (const [path, schema] of properties(fleetJsonSchema() as Schema, "")) {
    const standing = (schema as { default?: unknown }).default;
    if (standing !== undefined && typeof standing !== "object")
      assert.match(schema.description ?? "", /Default: /, path);
  }
});
