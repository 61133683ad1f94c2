import { z } from "zod";
import { hostPlanSchema } from "../host/plan-schema";
import { fleetSchema, nodeSchema } from "./schema";

type Json = z.core.JSONSchema.BaseSchema;

// Draft 7 is what the YAML extensions of editors understand best.
const options = { target: "draft-7", io: "input" } as const;

/**
 * The JSON Schema by which editors complete and explain a fleet file. What fields mean together, only the loader can
 * tell.
 */
export function fleetJsonSchema(): Json {
  const fleet = z.toJSONSchema(fleetSchema, options) as Json;
  const { $schema: _, ...node } = z.toJSONSchema(nodeSchema, options) as Json;
  const partial = withoutRequired(node);
  const { profile: __, ...settings } = partial.properties ?? {};
  const profile: Json = { ...partial, properties: settings };
  const properties = { ...fleet.properties };
  properties.profiles = { ...(properties.profiles as Json), additionalProperties: profile };
  properties.nodes = { ...(properties.nodes as Json), additionalProperties: partial };
  return { ...fleet, title: "DPDK fleet file", properties };
}

export function hostPlanJsonSchema(): Json {
  return z.toJSONSchema(hostPlanSchema, options) as Json;
}

/**
 * A profile or a node alone is not complete: what one leaves out, the other may say. A list is replaced as a whole, so
 * inside it all stays.
 */
function withoutRequired(schema: Json): Json {
  const { required: _, ...rest } = schema;
  if (rest.properties === undefined) return rest;
  const properties = Object.entries(rest.properties).map(([key, value]) => [
    key,
    typeof value === "object" ? withoutRequired(value) : value,
  ]);
  const record =
    typeof rest.additionalProperties === "object"
      ? { additionalProperties: withoutRequired(rest.additionalProperties) }
      : {};
  return { ...rest, properties: Object.fromEntries(properties), ...record };
}
