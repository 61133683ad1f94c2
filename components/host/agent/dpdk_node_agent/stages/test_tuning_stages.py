"""Tuning: interrupts, irqbalance, workqueues, governor, idle states, transparent hugepages, clock source, systemd."""

from __future__ import annotations

import json
import shutil
import unittest
from unittest import mock

from .. import boot, stages
from ..errors import AgentError, Refused
from ..planfile import parse
from ..ranges import as_list, as_mask, numbers, of_mask
from ..serviceunit import Ids, text as unit_text
from ..stage import State
from ..store import saved
from ..testing_service import PODMAN_IMAGE, with_service
from ..testing_tree import Killed, Machine, plan
from ..testing_tuning import IRQBALANCE_FILE, TUNING, with_tuning
from . import (
    boot_unit,
    clocksource,
    governor,
    idle_states,
    irqbalance,
    irqs,
    systemd_affinity,
    transparent_hugepages,
    workqueues,
)

ALL = (irqs, irqbalance, workqueues, systemd_affinity, governor, idle_states, transparent_hugepages, clocksource)
CPUS = "/sys/devices/system/cpu"


class Tuned(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine().with_tuning(), with_tuning(plan())
        self.addCleanup(self.machine.remove)

    def check(self, stage, asked=None):
        return stage.check(self.machine.node(), asked or self.plan)


class All(Tuned):
    def test_a_plan_without_tuning_is_ok_and_changes_nothing(self):
        before = self.machine.snapshot()
        for stage in ALL:
            node = self.machine.node()
            self.assertEqual(stage.check(node, plan()).saw, "not asked for", stage.NAME)
            stage.apply(node, plan())
            self.assertEqual((node.effects, stage.explain(node, plan())), (0, []), stage.NAME)
        self.assertEqual(self.machine.snapshot(), before)

    def test_what_an_earlier_plan_asked_for_is_seen_and_put_back(self):
        before = self.machine.snapshot()
        for stage in ALL:
            stage.apply(self.machine.node(), self.plan)
        for stage in ALL:
            self.assertEqual(self.check(stage, plan()).state, State.PARTIAL, stage.NAME)
            self.assertNotEqual(stage.explain(self.machine.node(), plan()), [], stage.NAME)
            stage.apply(self.machine.node(), plan())
            self.assertEqual(self.check(stage, plan()).state, State.OK, stage.NAME)
        self.assertEqual(self.machine.snapshot(), before)
        self.assertEqual(self.machine.node().names("/var/lib/dpdk-fleet/saved"), [])

    def test_putting_back_what_is_not_asked_for_any_more_survives_a_kill_before_any_effect(self):
        before = self.machine.snapshot()
        for stage in ALL:
            at, killed = 0, True
            while killed:
                at += 1
                stage.apply(self.machine.node(), self.plan)
                try:
                    stage.apply(self.machine.node(kill_at=at), plan())
                    killed = False
                except Killed:
                    stage.apply(self.machine.node(), plan())
                self.assertEqual(self.machine.snapshot(), before, f"{stage.NAME} {at}")
            self.assertGreater(at, 1, stage.NAME)

    def test_an_original_that_the_kernel_refuses_by_now_is_said_and_keeps_no_node_from_being_given_back(self):
        """As after an update of the kernel, which brought another frequency driver with other governors."""
        for stage in (governor, workqueues):
            stage.apply(self.machine.node(), self.plan)
        write = self.machine.write

        def refusing(path, text):
            if text == "powersave" and "cpu2" in path:
                raise AgentError(f"the kernel refused {text!r}", where=path, value="Invalid argument")
            return write(path, text)

        self.machine.write = refusing
        done = governor.revert(self.machine.node())
        path = f"{CPUS}/cpu2/cpufreq/scaling_governor"
        self.assertIn(f"reboot: {path} stays performance: the kernel refuses powersave, as it was before", done)
        self.assertIn(f"{CPUS}/cpu3/cpufreq/scaling_governor: powersave as before", done)
        self.assertEqual(saved(self.machine.node(), "governor"), {})

    def test_what_a_virtual_machine_has_not_is_said_and_no_failure(self):
        for cpu in (1, 2, 3):
            shutil.rmtree(self.machine.root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq")
            shutil.rmtree(self.machine.root / f"sys/devices/system/cpu/cpu{cpu}/cpuidle")
        self.machine.file("/sys/devices/system/clocksource/clocksource0/available_clocksource", "kvm-clock acpi_pm\n")
        shutil.rmtree(self.machine.root / "usr/sbin")
        for stage, said in (
            (governor, "a virtual machine has none"),
            (idle_states, "a virtual machine has none"),
            (clocksource, r"offers no tsc \(kvm-clock acpi_pm\), hpet stays"),
            (irqbalance, "not installed"),
        ):
            node = self.machine.node()
            stage.apply(node, self.plan)
            found = stage.check(node, self.plan)
            self.assertEqual((found.state, node.effects), (State.OK, 0), stage.NAME)
            self.assertRegex(found.saw, said)

    def test_after_a_reboot_the_boot_unit_puts_back_what_the_kernel_forgets(self):
        for name in stages.RUN[: stages.RUN.index("boot-unit") + 1] + ("irqs",):
            if name not in ("packages", "modules", "accounts", "vfio-access"):
                stages.stage(name).apply(self.machine.node(), self.plan)
        self.machine.reboot()
        self.machine.mount("/mnt/huge", "pagesize=2M,mode=0770,uid=0,gid=0")
        for stage in (irqs, workqueues, governor, idle_states, transparent_hugepages, clocksource):
            self.assertIn(self.check(stage).state, (State.ABSENT, State.PARTIAL), stage.NAME)
        self.assertEqual(boot.boot(self.machine.node()), 0)
        for stage in ALL:
            self.assertEqual(self.check(stage).state, State.OK, stage.NAME)

    def test_a_tuning_stage_that_stumbles_at_boot_keeps_no_other_from_its_work(self):
        for stage in (boot_unit, governor, clocksource):
            stage.apply(self.machine.node(), self.plan)
        self.machine.reboot()
        with mock.patch.object(governor, "check", side_effect=ValueError("a text of a kernel to come")):
            self.assertEqual(boot.boot(self.machine.node()), 1)
        self.assertEqual(self.check(clocksource).state, State.OK)

    def test_the_boot_unit_keeps_tuning_only_where_it_is_asked_for(self):
        self.assertEqual(sorted(boot_unit._part(plan())), ["nics", "node", "sysctl"])
        self.assertEqual(boot_unit._part(self.plan)["tuning"], TUNING)
        bare = {**plan(), "hugepages": [], "sysctl": [], "nics": []}
        self.assertEqual((boot_unit.is_needed(bare), boot_unit.is_needed(with_tuning(bare))), (False, True))

    def test_words_that_would_mean_something_else_in_a_file_are_refused(self):
        cpus = {**self.plan["cpus"], "housekeeping": "0-1\nLogLevel=debug"}
        for wrong, where in (
            (with_tuning(plan(), governor="performance\nx"), "plan.tuning.governor"),
            ({**self.plan, "cpus": cpus}, "plan.cpus.housekeeping"),
        ):
            with self.assertRaisesRegex(Refused, where):
                parse(json.dumps(wrong))
        self.assertEqual(parse(json.dumps(self.plan)), self.plan)


class Irqs(Tuned):
    def mask(self, irq):
        return self.machine.text(f"/proc/irq/{irq}/smp_affinity_list")

    def test_those_that_can_be_moved_are_and_the_others_are_said(self):
        irqs.apply(self.machine.node(), self.plan)
        self.assertEqual([self.mask(irq) for irq in (0, 9, 24, 25, 40)], ["0-3", "0-1", "0-1", "0-3", "0-1"])
        self.assertEqual(self.machine.text("/proc/irq/default_smp_affinity"), "3")
        found = self.check(irqs)
        self.assertEqual(found.state, State.OK)
        self.assertIn("the kernel does not let go of IRQ 0, IRQ 25", found.saw)

    def test_a_choice_within_the_housekeeping_cpus_is_kept(self):
        self.machine.file("/proc/irq/40/smp_affinity_list", "1-2\n")
        irqs.apply(self.machine.node(), self.plan)
        self.assertEqual(self.mask(40), "1")

    def test_an_interrupt_that_comes_later_on_an_isolated_cpu_is_seen_and_moved(self):
        irqs.apply(self.machine.node(), self.plan)
        self.machine.file("/proc/irq/77/smp_affinity_list", "3\n")
        self.assertIn("IRQ 77", self.check(irqs).saw)
        irqs.apply(self.machine.node(), self.plan)
        self.assertEqual((self.mask(77), self.check(irqs).state), ("0-1", State.OK))

    def test_a_number_that_another_device_has_by_now_is_tried_again(self):
        irqs.apply(self.machine.node(), self.plan)
        (self.machine.root / "proc/irq/25/nvme0q1").rename(self.machine.root / "proc/irq/25/eth0-tx-0")
        self.assertEqual(self.check(irqs).state, State.PARTIAL)

    def test_an_interrupt_that_is_gone_stops_nothing(self):
        irqs.apply(self.machine.node(), self.plan)
        shutil.rmtree(self.machine.root / "proc/irq/40")
        self.assertEqual(self.check(irqs).state, State.OK)
        irqs.revert(self.machine.node())
        self.assertEqual((self.mask(24), self.mask(9)), ("2", "0-3"))

    def test_masks_of_another_boot_are_never_written(self):
        irqs.apply(self.machine.node(), self.plan)
        self.machine.reboot()
        irqs.apply(self.machine.node(), self.plan)
        boot_id = self.machine.text("/proc/sys/kernel/random/boot_id")
        self.assertEqual({key.partition(".")[0] for key in saved(self.machine.node(), "irqs")}, {boot_id})
        self.machine.reboot()
        self.machine.file("/proc/irq/24/smp_affinity_list", "0\n")
        irqs.revert(self.machine.node())
        self.assertEqual(self.mask(24), "0")
        self.assertEqual(self.machine.node().names("/var/lib/dpdk-fleet/saved"), [])


class Irqbalance(Tuned):
    """Failure 12: what is banned by hand is all that is banned."""

    def banned(self):
        return dict(
            line.split("=", 1) for line in self.machine.text(IRQBALANCE_FILE).splitlines() if "BANNED" in line
        )

    def test_the_whole_set_is_written_because_irqbalance_then_finds_none_by_itself(self):
        self.machine.file(f"{CPUS}/isolated", "2\n")
        self.machine.file(f"{CPUS}/nohz_full", "1-2\n")
        self.machine.file(IRQBALANCE_FILE, "IRQBALANCE_BANNED_CPULIST=5\n")
        self.plan["cpus"] = {"online": "0-3", "housekeeping": "0-2", "isolated": "3"}
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertEqual(
            self.banned(), {"IRQBALANCE_BANNED_CPULIST": "1-3,5", "IRQBALANCE_BANNED_CPUS": as_mask([1, 2, 3, 5])}
        )
        self.assertIn("irqbalance runs with CPU 1-3,5 banned", self.check(irqbalance).saw)

    def test_the_operators_other_settings_stay(self):
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertIn("IRQBALANCE_ARGS=--journal", self.machine.text(IRQBALANCE_FILE))

    def test_red_hats_file_is_written_where_there_is_one(self):
        (self.machine.root / IRQBALANCE_FILE[1:]).unlink()
        (self.machine.root / "usr/sbin/irqbalance").unlink()
        self.machine.file("/usr/bin/irqbalance", "")
        theirs = '#IRQBALANCE_ONESHOT=\nIRQBALANCE_BANNED_CPUS="00000001"\n'
        self.machine.file("/etc/sysconfig/irqbalance", theirs, 0o600)
        before = self.machine.snapshot()
        shutil.rmtree(self.machine.root / "sys/fs/cgroup")
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertIn("IRQBALANCE_BANNED_CPULIST=0,2-3", self.machine.text("/etc/sysconfig/irqbalance"))
        self.assertIn("does not run", self.check(irqbalance).saw)
        irqbalance.revert(self.machine.node())
        changed = {path for path, text in self.machine.snapshot().items() if before.get(path) != text}
        self.assertEqual(changed, set())

    def test_one_that_runs_without_the_ban_is_restarted_and_one_that_does_not_run_is_not_started(self):
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertIn("systemctl restart irqbalance.service", self.machine.commands)
        self.machine.file("/proc/512/environ", "PATH=/usr/bin\0")
        self.assertIn("runs without the ban of CPU 2-3", self.check(irqbalance).saw)
        shutil.rmtree(self.machine.root / "sys/fs/cgroup")
        self.machine.commands.clear()
        irqbalance.revert(self.machine.node())
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertEqual(self.machine.commands, [])

    def test_a_process_that_has_not_its_own_environment_yet_is_waited_for(self):
        self.machine.slow = True
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertIn("irqbalance runs with CPU 2-3 banned", self.check(irqbalance).saw)

    def test_what_cannot_be_seen_is_not_said_to_be_fine(self):
        irqbalance.apply(self.machine.node(), self.plan)
        self.machine.file("/proc/512/environ", "")
        self.assertEqual(self.check(irqbalance).state, State.UNVERIFIABLE)
        shutil.rmtree(self.machine.root / "sys/fs/cgroup")
        self.machine.file("/run/irqbalance/irqbalance512.sock", "")
        self.assertEqual(self.check(irqbalance).state, State.UNVERIFIABLE)

    def test_off_stops_and_masks_it_and_revert_starts_it_again(self):
        before, off = self.machine.snapshot(), with_tuning(plan(), irqbalance="off")
        self.assertEqual(self.check(irqbalance, off).state, State.ABSENT)
        irqbalance.apply(self.machine.node(), self.plan)
        self.assertEqual(self.check(irqbalance, off).state, State.PARTIAL)
        irqbalance.apply(self.machine.node(), off)
        self.assertEqual(self.check(irqbalance, off).saw, "irqbalance is off")
        self.assertIsNone(irqbalance._process(self.machine.node()))
        again = self.machine.node()
        irqbalance.apply(again, off)
        self.assertEqual(again.effects, 0)
        irqbalance.revert(self.machine.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_unit_of_the_operators_own_is_not_replaced(self):
        self.machine.file("/etc/systemd/system/irqbalance.service", "[Service]\n")
        with self.assertRaisesRegex(Refused, "operator's own"):
            irqbalance.apply(self.machine.node(), with_tuning(plan(), irqbalance="off"))


class Affinity(Tuned):
    """Failure 11: a thread that starts on isolated CPUs stays on the first of them, for nobody balances them."""

    def test_systemd_gets_the_housekeeping_cpus_and_never_an_isolated_one(self):
        systemd_affinity.apply(self.machine.node(), self.plan)
        text = self.machine.text(systemd_affinity.FILE)
        self.assertEqual(set(numbers(text.partition("CPUAffinity=")[2])) & {2, 3}, set())
        self.assertIn("runs on CPU 0-1", self.check(systemd_affinity).saw)

    def test_the_data_planes_unit_keeps_its_own_cpus(self):
        """Its cpuset has housekeeping and lcores, its threads start on housekeeping; nothing above it is fenced."""
        service = {**with_service(plan(), "podman")["service"]}
        unit = unit_text(service, PODMAN_IMAGE, "", Ids(1, 1, []), [], [])
        lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
        allowed, starts = set(numbers(lines["AllowedCPUs"])), set(numbers(lines["CPUAffinity"]))
        self.assertEqual((starts & {2, 3}, allowed >= {2, 3}, allowed >= starts), (set(), True, True))
        systemd_affinity.apply(self.machine.node(), self.plan)
        self.assertNotIn("AllowedCPUs", self.machine.text(systemd_affinity.FILE))

    def test_a_manager_that_has_not_read_it_is_seen(self):
        systemd_affinity.apply(self.machine.node(), self.plan)
        self.machine.file("/proc/1/status", "Cpus_allowed_list:\t0-3\n")
        self.assertEqual(self.check(systemd_affinity).state, State.PARTIAL)

    def test_a_kernel_that_takes_the_managers_cpus_back_is_told_and_not_fought(self) -> None:
        systemd_affinity.apply(self.machine.node(), self.plan)
        self.machine.file("/proc/1/status", "Name:\tsystemd\nCpus_allowed_list:\t0-3\n")
        self.assertEqual(self.check(systemd_affinity).state, State.PARTIAL)
        self.machine.file("/sys/fs/cgroup/cgroup.subtree_control", "cpuset cpu io memory pids\n")
        found = self.check(systemd_affinity)
        self.assertEqual(found.state, State.OK)
        self.assertIn("the manager runs on CPU 0-3: a kernel before 6.2", found.saw)
        self.machine.file("/proc/sys/kernel/osrelease", "6.12.1-amd64\n")
        self.assertEqual(self.check(systemd_affinity).state, State.PARTIAL)

    def test_revert_sets_the_managers_cpus_because_a_reload_does_not(self):
        systemd_affinity.apply(self.machine.node(), self.plan)
        systemd_affinity.revert(self.machine.node())
        self.assertIn("0-3", self.machine.text("/proc/1/status"))
        self.assertIn("taskset --pid --cpu-list 0-3 1", self.machine.commands)


class Values(Tuned):
    def test_only_isolated_cpus_are_touched_and_only_deep_idle_states(self):
        for stage in (governor, idle_states):
            stage.apply(self.machine.node(), self.plan)
        governors = [self.machine.text(f"{CPUS}/cpu{cpu}/cpufreq/scaling_governor") for cpu in (1, 2, 3)]
        self.assertEqual(governors, ["powersave", "performance", "performance"])
        states = [f"{CPUS}/cpu{cpu}/cpuidle/state{n}/disable" for cpu in (1, 3) for n in range(3)]
        disabled = [self.machine.text(state) for state in states]
        self.assertEqual(disabled, ["0"] * 5 + ["1"])

    def test_a_governor_that_the_driver_has_not_is_refused_with_those_it_has(self):
        node = self.machine.node()
        with self.assertRaisesRegex(Refused, "choose among performance powersave"):
            governor.apply(node, with_tuning(plan(), governor="schedutil"))
        self.assertEqual(node.effects, 0)

    def test_transparent_hugepages_are_chosen_in_the_kernels_own_list(self):
        transparent_hugepages.apply(self.machine.node(), self.plan)
        self.assertEqual(self.machine.text(transparent_hugepages.FILE), "always madvise [never]")

    def test_a_mask_of_a_kernel_for_more_cpus_is_read_without_its_zeros(self):
        self.machine.file("/sys/devices/virtual/workqueue/cpumask", "00000000,00000003\n")
        self.machine.file("/sys/devices/virtual/workqueue/writeback/cpumask", "00000000,0000000c\n")
        workqueues.apply(self.machine.node(), self.plan)
        self.assertEqual(self.machine.text("/sys/devices/virtual/workqueue/writeback/cpumask"), "3")
        self.assertEqual(self.machine.text("/sys/devices/virtual/workqueue/cpumask"), "00000000,00000003")

    def test_an_operators_change_since_is_seen_as_drift(self):
        clocksource.apply(self.machine.node(), self.plan)
        self.machine.file(clocksource.FILE, "acpi_pm\n")
        self.assertIn("is acpi_pm", self.check(clocksource).saw)
        clocksource.apply(self.machine.node(), self.plan)
        clocksource.revert(self.machine.node())
        self.assertEqual(self.machine.text(clocksource.FILE), "hpet")


class CpuTexts(unittest.TestCase):
    """Failure 6: a long list is cut on its way to the kernel."""

    def test_lists_are_ranges_and_masks_have_groups_of_32_bits(self):
        odd = list(range(1, 128, 2))
        for cpus, text, mask in (
            ([0, 1, 4], "0-1,4", "13"),
            (range(2, 66), "2-65", "3,ffffffff,fffffffc"),
            ([32], "32", "1,00000000"),
            ([], "", "0"),
            (odd, ",".join(map(str, odd)), ",".join(["aaaaaaaa"] * 4)),
        ):
            self.assertEqual((as_list(cpus), as_mask(cpus)), (text, mask))
            self.assertEqual((numbers(text), of_mask(mask)), (list(cpus), set(cpus)))

    def test_a_long_list_of_a_plan_reaches_files_as_ranges(self):
        machine = Machine().with_tuning()
        self.addCleanup(machine.remove)
        machine.file(f"{CPUS}/online", "0-127\n")
        long = {"online": "0-127", "housekeeping": ",".join(map(str, range(64))), "isolated": "64-127"}
        asked = {**with_tuning(plan()), "cpus": long}
        systemd_affinity.apply(machine.node(), asked)
        irqbalance.apply(machine.node(), asked)
        self.assertIn("CPUAffinity=0-63\n", (machine.root / systemd_affinity.FILE[1:]).read_text())
        self.assertIn("CPULIST=2-3,64-127", machine.text(IRQBALANCE_FILE))


if __name__ == "__main__":
    unittest.main()
