import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetValues, labFile, linesOf, node, read } from "./fleet.fixture";
import { loadFleet } from "./load";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGVleGFtcGxlZXhhbXBsZWV4YW1wbGVleGFt";

test("host, port, host key and login key of a lab's node come from its machine", () => {
  const [alpha, beta] = loadFleet(labFile).nodes;
  assert.deepEqual(alpha?.ssh, {
    address: { kind: "machine", machine: "alpha" },
    user: "root",
    identity: { kind: "machine" },
    sudo: false,
    via: null,
  });
  assert.equal(beta?.ssh.sudo, true);
  assert.deepEqual(beta?.ssh.via, {
    address: { kind: "machine", machine: "alpha" },
    user: "root",
    identity: { kind: "machine" },
  });
});

test("a server is entered with the operator's ssh-agent on port 22 unless told otherwise", () => {
  const plain = read(fleetValues()).nodes[0]?.ssh;
  assert.deepEqual(plain?.identity, { kind: "agent", socket: null });
  assert.deepEqual(plain?.address, { kind: "fixed", host: "192.0.2.21", port: 22, hostKey });
  const socket = fleetValues([node("ssh", "identity"), { agent: "/run/agent.sock" }]);
  assert.deepEqual(read(socket).nodes[0]?.ssh.identity, { kind: "agent", socket: "/run/agent.sock" });
  const file = fleetValues(
    [node("ssh", "identity"), { file: "~/.ssh/fleet" }],
    [node("ssh", "port"), 2222],
    [node("ssh", "user"), "ops"],
  );
  const ssh = read(file).nodes[0]?.ssh;
  assert.deepEqual(ssh?.identity, { kind: "file", path: "~/.ssh/fleet" });
  assert.equal(ssh?.sudo, true);
});

test("an agent and a file at once are refused", () => {
  assert.match(
    linesOf(fleetValues([node("ssh", "identity"), { agent: true, file: "~/k" }])).join("\n"),
    /ssh\.identity: .*keep one of them/,
  );
});

test("a bastion is a node by name or a host with its key", () => {
  const second = {
    ...(fleetValues().nodes as Record<string, object>).validator,
    ssh: { host: "10.0.0.2", hostKey, via: ["validator"] },
  };
  const hardware = { nics: { data0: { mac: "3c:fd:fe:00:00:02" } } };
  const values = fleetValues(
    [["nodes", "inner"], second],
    [["nodes", "inner", "hardware", "nics", "data0", "mac"], hardware.nics.data0.mac],
  );
  assert.deepEqual(read(values).nodes[1]?.ssh.via?.address, { kind: "fixed", host: "192.0.2.21", port: 22, hostKey });
  const host = fleetValues([node("ssh", "via"), [{ host: "jump.example.net", port: 2222, user: "jump", hostKey }]]);
  assert.deepEqual(read(host).nodes[0]?.ssh.via, {
    address: { kind: "fixed", host: "jump.example.net", port: 2222, hostKey },
    user: "jump",
    identity: { kind: "agent", socket: null },
  });
});

test("a bastion without its host key is refused", () => {
  assert.match(
    linesOf(fleetValues([node("ssh", "via"), [{ host: "jump" }]])).join("\n"),
    /ssh\.via\[0\]\.hostKey: is missing, and an unknown host/,
  );
  assert.match(
    linesOf(fleetValues([node("ssh", "via"), [{ hots: "jump" }]])).join("\n"),
    /ssh\.via\[0\]\.hots: found "jump"; is no key here; did you mean host\?/,
  );
});

test("more than one hop is refused, because the command provider opens one", () => {
  const two = fleetValues([
    node("ssh", "via"),
    [
      { host: "a", hostKey },
      { host: "b", hostKey },
    ],
  ]);
  assert.match(
    linesOf(two).join("\n"),
    /ssh\.via: found \["a","b"\]; has more than one hop and the command provider opens one/,
  );
  const inner = {
    ...(fleetValues().nodes as Record<string, object>).validator,
    ssh: { host: "10.0.0.2", hostKey, via: ["validator"] },
  };
  const chain = fleetValues(
    [["nodes", "inner"], inner],
    [["nodes", "inner", "hardware", "nics"], {}],
    [["nodes", "inner", "nics"], []],
    [["nodes", "inner", "dataPlane"], undefined],
    [node("ssh", "via"), [{ host: "a", hostKey }]],
  );
  assert.match(linesOf(chain).join("\n"), /nodes\.inner\.ssh\.via\[0\]: found "validator"; is itself behind a bastion/);
});

test("a bastion that is not there, or is the node itself, is refused", () => {
  assert.match(
    linesOf(fleetValues([node("ssh", "via"), ["validatr"]])).join("\n"),
    /ssh\.via\[0\]: found "validatr"; is no node of this file; did you mean validator\?/,
  );
  assert.match(linesOf(fleetValues([node("ssh", "via"), ["validator"]])).join("\n"), /is the node itself/);
});

test("a machine that is not there is refused, and so is a host beside a machine", () => {
  assert.match(
    linesOf(fleetValues([node("machine"), "alpha"])).join("\n"),
    /nodes\.validator\.machine: found "alpha"; is no machine of this file; there is none/,
  );
  assert.match(
    linesOf(fleetValues([node("machine"), "alpha"])).join("\n"),
    /ssh\.host: found "192\.0\.2\.21"; comes from the machine; leave it out/,
  );
});
