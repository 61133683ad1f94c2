import { changeKernel, nodeOf } from "../lab/changes";
import type { FleetYaml } from "../lab/lab";
import { isInstalling, offerSlowPackage, slowPackage, withdrawSlowPackage } from "./slow-package";
import type { Fault } from "./story";
import { powerCut, powerOff, shell, workerRuns } from "./trap";

/** A file of beta's that says this: little work for its agent. */
export const motto = (text: string) => (fleet: FleetYaml) => {
  nodeOf(fleet, "beta").files = [{ path: "/etc/pantheonchain/motto", content: `${text}\n` }];
};

const withSlowPackage = (fleet: FleetYaml) => {
  nodeOf(fleet, "beta").packages = ["dpdk-dev", slowPackage];
};

/** A node that does not answer ends its `up` after two minutes. */
const givenUpSoon = (fleet: FleetYaml) => {
  nodeOf(fleet, "beta").limits = { answerSeconds: 120 };
};

/** Drops what comes to the SSH server for a while: no answer, no refusal, as a network does that is cut. */
const sshIsCut =
  "nft add table inet fault; nft add chain inet fault in '{ type filter hook input priority -10; }'; " +
  "nft add rule inet fault in tcp dport 22 drop; sleep 45; nft delete table inet fault";

/** Half a minute each. */
export const shortFaults: readonly Fault[] = [
  {
    name: "the agent's worker is killed",
    node: "beta",
    change: motto("one"),
    trap: { when: workerRuns, does: "systemctl kill --signal=KILL 'dpdk-fleet-worker-*'" },
  },
  {
    name: "SSH is cut for 45 s during converge",
    node: "beta",
    change: motto("two"),
    trap: { when: workerRuns, does: sshIsCut },
  },
];

/** The others, minutes each. */
export const longFaults: readonly Fault[] = [
  {
    name: "power cut while a package is installed",
    node: "beta",
    change: withSlowPackage,
    prepare: (lab) => offerSlowPackage(lab, "beta"),
    trap: { when: isInstalling, does: powerCut },
  },
  {
    name: "power cut between promotion and the first check",
    node: "beta",
    change: (fleet) => {
      withSlowPackage(fleet);
      changeKernel(fleet, "beta", ["nosoftlockup"]);
    },
    trap: { when: "grep -q nosoftlockup /boot/grub/grub.cfg", does: powerCut },
  },
  {
    name: "power cut while functions are bound",
    node: "beta",
    // Everything is taken from the node first, the archive of the other tests too, so that it is bound anew.
    prepare: async (lab) => {
      const done = await lab.up((fleet) => {
        delete fleet.nodes.beta;
      });
      if (done.code !== 0) throw new Error(`beta was not taken out: ${done.err}`);
      await withdrawSlowPackage(lab, "beta");
    },
    // Off, and on again by the next up: reset with its functions on, QEMU's machine did not get past its boot loader.
    change: givenUpSoon,
    trap: { when: "readlink /sys/bus/pci/devices/0000:01:10.0/driver 2>/dev/null | grep -q vfio-pci", does: powerOff },
    mend: async (lab) => {
      const done = await lab.up(givenUpSoon);
      if (done.code !== 0) throw new Error(`the next up did not go through: ${done.err}`);
    },
  },
  {
    name: "the clock jumps two years ahead",
    node: "beta",
    change: motto("three"),
    trap: { when: workerRuns, does: "date -s '+2 years' > /dev/null" },
    mend: async (lab) => void (await shell(lab, "beta", "date -s '-2 years' > /dev/null")),
  },
  {
    name: "the disk is full",
    node: "beta",
    change: motto("four"),
    trap: {
      when: "true",
      does: "for size in 1G 100M 10M 1M 100K 4K; do n=0; while fallocate -l $size /var/fault-$size-$n; do n=$((n + 1)); done; done",
    },
    mend: async (lab) => void (await shell(lab, "beta", "rm -f /var/fault-*-*")),
  },
];
