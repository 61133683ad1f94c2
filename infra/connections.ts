import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnection } from "../components/host/connection";
import type { LabGuest } from "../components/lab/guest";
import type { Endpoint, Route } from "./ssh-address";

/** A route as the host component takes it: keys read and marked as secret, host keys of the lab taken from its machines. */
export function connectionTo(route: Route, sudo: boolean, machines: ReadonlyMap<string, LabGuest>): SshConnection {
  const node = one(route.node, sudo, machines);
  return route.via === undefined ? node : { ...node, via: one(route.via, false, machines) };
}

function one(at: Endpoint, sudo: boolean, machines: ReadonlyMap<string, LabGuest>): SshConnection {
  return {
    host: at.host,
    port: at.port,
    user: at.user,
    sudo,
    hostKey: hostKey(at, machines),
    ...(at.keyFile === undefined ? {} : { privateKey: pulumi.secret(readFileSync(at.keyFile, "utf8")) }),
    ...(at.agentSocket === undefined ? {} : { agentSocket: at.agentSocket }),
  };
}

function hostKey(at: Endpoint, machines: ReadonlyMap<string, LabGuest>): pulumi.Input<string> {
  if ("text" in at.hostKey) return at.hostKey.text;
  const machine = machines.get(at.hostKey.machine);
  if (machine === undefined) throw new RangeError(`there is no machine ${at.hostKey.machine}`);
  return machine.hostKey;
}
