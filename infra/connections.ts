import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnection } from "../components/host/connection";
import type { LabGuest } from "../components/lab/guest";
import type { Instance } from "./instances";
import type { Endpoint, Route } from "./ssh-address";

/** Those whose host keys are known once they run, by their names. */
export interface Made {
  readonly machines: ReadonlyMap<string, LabGuest>;
  readonly instances: ReadonlyMap<string, Instance>;
}

/** A route as the host component takes it: keys read and marked as secret, host keys of the lab and of instances taken from those. */
export function connectionTo(route: Route, sudo: boolean, made: Made): SshConnection {
  const node = one(route.node, sudo, made);
  return route.via === undefined ? node : { ...node, via: one(route.via, false, made) };
}

function one(at: Endpoint, sudo: boolean, made: Made): SshConnection {
  return {
    host: at.host,
    port: at.port,
    user: at.user,
    sudo,
    hostKey: hostKey(at, made),
    ...(at.keyFile === undefined ? {} : { privateKey: pulumi.secret(readFileSync(at.keyFile, "utf8")) }),
    ...(at.agentSocket === undefined ? {} : { agentSocket: at.agentSocket }),
  };
}

function hostKey({ hostKey: of }: Endpoint, { machines, instances }: Made): pulumi.Input<string> {
  if ("text" in of) return of.text;
  const name = "machine" in of ? of.machine : of.instance;
  const found = "machine" in of ? machines.get(name) : instances.get(name);
  if (found === undefined) throw new RangeError(`there is no machine or instance ${name}`);
  return found.hostKey;
}
