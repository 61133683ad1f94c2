import { counted, type Figure, ratio, seconds } from "../figures";
import type { Peak } from "./controller";

/** What one round took. Unit: s. */
export interface Round {
  ours: { first: number; second: number; up: number; drift: number };
  ansible: { first: number; second: number; drift: number };
}

/** The figures of some rounds. A ratio is made of the two sides of one round, which have met the same machine. */
export function figuresOf(rounds: readonly Round[], peaks: Record<"ssh" | "engine" | "ansible", Peak>): Figure[] {
  const ours = (of: (one: Round["ours"]) => number) => rounds.map((round) => of(round.ours));
  const ansible = (of: (one: Round["ansible"]) => number) => rounds.map((round) => of(round.ansible));
  const firsts = ansible(({ first }) => first);
  const again = ansible(({ second }) => second);
  return [
    ratio(
      "first application, Ansible against dpdk-fleet, engine apart",
      firsts,
      ours(({ first }) => first),
      5,
    ),
    ratio(
      "drift check, Ansible against dpdk-fleet",
      ansible(({ drift }) => drift),
      ours(({ drift }) => drift),
      10,
    ),
    ratio(
      "first application, the engine's own time counted",
      firsts,
      ours(({ first, up }) => first + up),
      null,
    ),
    ratio(
      "second run, both ask the node",
      again,
      ours(({ second }) => second),
      null,
    ),
    ratio(
      "second run, pulumi up, which asks no node",
      again,
      ours(({ up }) => up),
      null,
    ),
    seconds(
      "first application, dpdk-fleet, engine apart",
      ours(({ first }) => first),
      null,
    ),
    seconds("first application, Ansible", firsts, null),
    seconds(
      "second run, dpdk-fleet, asks the node",
      ours(({ second }) => second),
      null,
    ),
    seconds(
      "second run, pulumi up, asks no node: the engine's own time",
      ours(({ up }) => up),
      null,
    ),
    seconds("second run, Ansible", again, null),
    seconds(
      "drift check, dpdk-fleet",
      ours(({ drift }) => drift),
      null,
    ),
    seconds(
      "drift check, Ansible",
      ansible(({ drift }) => drift),
      null,
    ),
    counted("peak memory of the controller, dpdk-fleet without the engine", peaks.ssh.mib, "MiB"),
    counted("peak memory of the controller, pulumi up", peaks.engine.mib, "MiB"),
    counted("peak memory of the controller, Ansible", peaks.ansible.mib, "MiB"),
    counted("processes at one time, dpdk-fleet without the engine", peaks.ssh.processes, "processes"),
    counted("processes at one time, pulumi up", peaks.engine.processes, "processes"),
    counted("processes at one time, Ansible", peaks.ansible.processes, "processes"),
  ];
}
