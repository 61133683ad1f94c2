import assert from "node:assert/strict";
import type { NodeStatus } from "../../infra/cli/lab/status";

/** Fails, with what the stage saw, unless every stage of this node is ok; a node that is not there is no such node. */
export function everyStageIsOk(node: NodeStatus | undefined): void {
  assert.ok(node !== undefined, "there is no such node");
  for (const [stage, found] of Object.entries(node.stages))
    assert.equal(found.state, "ok", `${node.node}: ${stage}: ${found.saw}`);
}
