import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addressesAt, guestAddresses } from "./addresses";
import {
  choosePortBase,
  guestPorts,
  labPortBase,
  PORTS_PER_LAB,
  portBaseFile,
  registryFolder,
  registryPort,
  rememberPortBase,
  takenPorts,
} from "./ports";
import { startTimeOf, writeRecord } from "./state";

const none: ReadonlySet<number> = new Set();

test("the first base is taken where nothing is in its way", () => {
  assert.equal(choosePortBase({ remembered: null, running: false, taken: none }), 22000);
});

test("a port in use anywhere in a lab's range moves the whole lab", () => {
  assert.equal(choosePortBase({ remembered: null, running: false, taken: new Set([22499]) }), 22500);
  assert.equal(choosePortBase({ remembered: 22000, running: false, taken: new Set([22001]) }), 22500);
});

test("a lab stays where it is while nothing is in its way, also where an earlier base is free again", () => {
  assert.equal(choosePortBase({ remembered: 23500, running: false, taken: none }), 23500);
});

test("a lab with a running guest stays where it is, as the ports in use are its own", () => {
  assert.equal(choosePortBase({ remembered: 22000, running: true, taken: new Set([22001, 22301]) }), 22000);
});

test("an index out of range is refused", () => {
  for (const index of [0, 100, 1.5]) assert.throws(() => guestPorts(22000, index), /from 1 to 99/);
});

test("guests differ in every address and port", () => {
  const all = Array.from({ length: 99 }, (_, i) => addressesAt(22000, i + 1));
  const ports = all.flatMap((guest) => Object.values(guest.ports));
  assert.equal(new Set(ports).size, ports.length);
  const names = all.flatMap((guest) => [guest.lanAddress, guest.uplinkMac, guest.lanMac, guest.dataMac]);
  assert.equal(new Set(names).size, names.length);
  assert.equal(all[0]?.dataMac, "52:54:00:d0:00:01");
});

test("the registry's port is in the lab's range, and no guest's", () => {
  const port = registryPort(22000);
  assert.ok(port < 22000 + PORTS_PER_LAB);
  for (let index = 1; index <= 99; index++) assert.ok(!Object.values(guestPorts(22000, index)).includes(port));
});

test("a lab of which only the registry runs stays where it is", () => {
  const root = mkdtempSync(join(tmpdir(), "lab-"));
  const lab = join(root, "guests");
  rememberPortBase(lab, 23000);
  const net = join(root, "proc", "net");
  mkdirSync(net, { recursive: true });
  writeFileSync(join(net, "tcp"), "heading\n   0: 0100007F:5B68 00000000:0000 0A\n"); // 23400, as the registry listens
  assert.equal(labPortBase(join(lab, "alpha"), join(root, "proc")), 22000, "it is somebody else's");
  mkdirSync(join(root, "proc", `${process.pid}`));
  writeFileSync(join(root, "proc", `${process.pid}`, "stat"), readFileSync(`/proc/${process.pid}/stat`));
  mkdirSync(registryFolder(lab));
  writeRecord(registryFolder(lab), {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    incarnation: 1,
    arguments: [],
    accelerator: "none",
    consoleStart: 0,
  });
  assert.equal(labPortBase(join(lab, "alpha"), join(root, "proc")), 23000);
  rmSync(root, { recursive: true });
});

test("a port that a program listens on is taken, and no longer when it ends", async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  assert.ok(takenPorts().has(port));
  await new Promise((closed) => server.close(closed));
  assert.ok(!takenPorts().has(port));
});

test("a lab whose guests are gone moves away from a port that another program took meanwhile", () => {
  const root = mkdtempSync(join(tmpdir(), "lab-"));
  const folder = join(root, "guests", "alpha");
  const net = join(root, "proc", "net");
  mkdirSync(folder, { recursive: true });
  mkdirSync(net, { recursive: true });
  writeFileSync(portBaseFile(join(root, "guests")), "23000\n");
  const heading = "  sl  local_address rem_address   st tx_queue rx_queue\n";
  writeFileSync(join(net, "udp"), heading);
  const listening = (state: string) => `   0: 0100007F:59D9 00000000:0000 ${state} 00000000:00000000\n`; // 0x59D9 is 23001
  writeFileSync(join(net, "tcp"), heading + listening("01"));
  assert.deepEqual([...takenPorts(join(root, "proc"))], [], "a connection from that port is no listener");
  writeFileSync(join(net, "tcp"), heading + listening("0A"));
  assert.deepEqual([...takenPorts(join(root, "proc"))], [23001]);
  assert.equal(guestAddresses({ index: 1, folder }, join(root, "proc")).sshPort, 22001);
  writeFileSync(join(net, "tcp"), heading);
  assert.equal(guestAddresses({ index: 1, folder }, join(root, "proc")).sshPort, 23001);
  rmSync(root, { recursive: true });
});
