import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangesBetween } from "./services";
import type { NodeStatus } from "./status";

function status(node: string, peer: string, received: number): NodeStatus {
  const counters = { sent: received + 1, received, lost: 0 };
  return { node, dataPlane: { ports: [], peers: { [peer]: counters } } } as unknown as NodeStatus;
}

test("nodes are paired by their names, in which telemetry has no hyphens", () => {
  const at = (received: number) => [
    status("validator-07", "validator_08", received),
    status("validator-08", "validator_07", received),
    status("validator-09", "elsewhere", received),
  ];
  const exchanges = exchangesBetween(at(10), at(35));
  assert.deepEqual(
    exchanges.map(({ ends }) => ends.map(({ node, peer, received }) => `${node} ${peer} ${received}`)),
    [["validator-07 validator-08 25", "validator-08 validator-07 25"]],
  );
});
