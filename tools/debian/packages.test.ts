import assert from "node:assert/strict";
import { test } from "node:test";
import { backportsPreferences, debianRelease, roomError } from "./packages";
import { elevationOf } from "./root";

test("less than 15 GB before the first set-up is one clear line with what is free and what to do", () => {
  const error = roomError("/srv/cache", 9.87, true);
  assert.equal(
    error?.message,
    "/srv/cache is on a disk with 9.9 GB free, 15 GB are needed; " +
      "make room, or name a folder on another disk in the variable DPDK_FLEET_CACHE",
  );
  assert.equal(roomError("/srv/cache", 15, true), null);
});

test("once the lab's disk is there, less will do", () => {
  assert.equal(roomError("/srv/cache", 3, false), null);
  assert.match(roomError("/srv/cache", 2.9, false)?.message ?? "", /3 GB are needed/);
});

test("a Debian release is known by its code name, another system is none", () => {
  assert.equal(debianRelease('NAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\nID=debian\n'), "bookworm");
  assert.equal(debianRelease('ID="debian"\nVERSION_CODENAME="trixie"\n'), "trixie");
  assert.equal(debianRelease("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n"), null);
});

test("only QEMU comes from the backports, whose libraries would keep packages of the release out", () => {
  const preferences = "Package: src:qemu src:seabios\nPin: release n=bookworm-backports\nPin-Priority: 500\n";
  assert.equal(backportsPreferences("bookworm-backports"), preferences);
});

test("root needs no sudo, others need one that asks for no password", () => {
  assert.deepEqual(elevationOf(0, false), []);
  assert.deepEqual(elevationOf(1000, true), ["sudo", "-n"]);
  assert.equal(elevationOf(1000, false), null);
});
