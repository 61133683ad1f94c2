"""The service starts when all is there, starts anew when something differs, and goes back when the new one cannot."""

from __future__ import annotations

import unittest
from unittest import mock

from .. import imagestore, planfile, runstate, serviceready, servicestate, stages, worker
from ..boot import boot
from ..errors import AgentError, Refused
from ..node import Node
from ..serviceunit import UNIT
from ..stage import State
from ..testing_layout import VFS
from ..testing_service import NEVER_STARTS, PODMAN_IMAGE, REFUSED, ready_for_service, with_service
from ..testing_tree import Machine, plan
from ..traffic import traffic
from ..vfio import holders
from . import hugepages, nic_binding, nic_settings, service, virtual_functions

OTHER = PODMAN_IMAGE.replace("a" * 64, "b" * 64)
THIRD = PODMAN_IMAGE.replace("a" * 64, "c" * 64)


class Fixture(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), with_service(plan(), "podman")
        self.addCleanup(self.machine.remove)
        ready_for_service(self.machine)
        self.machine.data_plane.registry |= {OTHER, THIRD}
        self.before = self.machine.snapshot()

    def node(self):
        return self.machine.node()

    @property
    def plane(self):
        return self.machine.data_plane

    def converge(self) -> None:
        """As the worker does, without the boot phase."""
        for name in stages.RUN:
            stage = stages.stage(name)
            if stage.check(self.node(), self.plan).state is not State.OK:
                stage.apply(self.node(), self.plan)
            if stage is nic_binding and nic_binding.is_armed(self.node()):
                nic_binding.confirm(self.node())
        self.assertEqual(self.not_ok(), [])

    def not_ok(self) -> list[str]:
        found = ((name, stages.stage(name).check(self.node(), self.plan)) for name in stages.RUN)
        return [f"{name}: {finding.saw}" for name, finding in found if finding.state is not State.OK]

    def configure(self, text: str) -> None:
        self.plan["files"][0] = {**self.plan["files"][0], "content": text}

    def fails(self, saying: str) -> str:
        with self.assertRaisesRegex(AgentError, saying) as caught:
            self.converge()
        return caught.exception.line()


class Service(Fixture):
    def test_it_runs_and_a_second_converge_does_nothing(self):
        self.converge()
        self.assertEqual((self.plane.active, self.plane.starts), ("active", 1))
        self.converge()
        self.assertEqual(self.plane.starts, 1)
        found = self.machine.root.joinpath("var/lib/pantheonchain").stat()
        self.assertEqual((found.st_uid, found.st_gid, found.st_mode & 0o777), (991, 992, 0o750))

    def test_it_requires_the_pools_of_its_page_size_and_waits_for_what_binds_its_functions(self):
        home = "/sys/devices/system/node/node0"
        self.machine.file(f"{home}/hugepages/hugepages-1048576kB/nr_hugepages", "0\n")
        self.machine.file(f"{home}/meminfo", "Node 0 MemTotal:        8388608 kB\n")
        self.plan["hugepages"].append({"size": "1G", "numaNode": 0, "pages": 1})
        self.converge()
        pools, boot = "dpdk-hugepages@0-2M.service dpdk-hugepages@1-2M.service", "dpdk-node-boot.service"
        wanted = f"\nRequires={pools}\nWants={boot}\nAfter={pools} {boot}\n"
        self.assertIn(wanted, self.machine.text(f"/etc/systemd/system/{UNIT}"))

    def test_a_changed_file_and_a_changed_image_start_it_anew_once(self):
        self.converge()
        self.configure("changed\n")
        self.converge()
        self.plan["image"] = {"reference": OTHER, "plainHttp": True}
        self.converge()
        self.assertEqual(self.plane.starts, 3)

    def test_the_image_before_stays_as_the_way_back_and_an_older_one_goes(self):
        for reference in (PODMAN_IMAGE, OTHER, THIRD):
            self.plan["image"] = {"reference": reference, "plainHttp": True}
            self.converge()
        self.assertEqual(self.plane.images, {OTHER, THIRD})

    def test_one_that_stands_still_is_started_again(self):
        self.converge()
        self.plane.stop(self.machine)
        self.assertEqual(self.not_ok(), [f"service: {UNIT}: inactive"])
        self.converge()
        self.assertEqual(self.plane.active, "active")

    def test_one_that_came_back_by_itself_is_left_running(self):
        """After a crash and after a reboot it has another invocation, noted by service-ready."""
        self.converge()
        self.plane.stop(self.machine)
        self.assertEqual(self.plane.start(self.machine).code, 0)
        self.assertEqual(self.not_ok(), [])

    def test_a_file_that_was_changed_by_hand_is_found_at_the_next_start(self):
        self.converge()
        self.machine.file("/etc/pantheonchain/config.toml", "by hand\n")
        self.plane.stop(self.machine)
        self.plane.start(self.machine)
        self.assertIn("started with another unit, image or configuration", " ".join(self.not_ok()))
        self.converge()

    def test_a_plan_without_a_service_takes_it_and_its_images_away(self):
        self.converge()
        for name in ("service", "image", "vfioGroup", "accounts"):
            del self.plan[name]
        self.plan["files"], self.plan["hugepageMounts"] = [], plan()["hugepageMounts"]
        self.assertEqual([line.split(":")[0] for line in self.not_ok()][-1], "service")
        self.converge()
        self.assertEqual((self.plane.active, self.plane.images), ("inactive", set()))
        self.assertFalse(self.node().exists("/var/lib/pantheonchain"))

    def test_data_is_kept_at_revert_and_said(self):
        self.converge()
        self.machine.file("/var/lib/pantheonchain/chain", "blocks")
        self.assertIn("/var/lib/pantheonchain: kept, there is data in it", service.revert(self.node()))
        self.assertEqual(service.check(self.node(), {**self.plan, "service": None}).state, State.OK)

    def test_a_unit_of_this_name_that_somebody_else_wrote_is_refused(self):
        self.machine.file(f"/etc/systemd/system/{UNIT}", "[Service]\n")
        with self.assertRaisesRegex(Refused, "a unit of this name is there already"):
            self.converge()
        self.assertEqual(self.machine.text(f"/etc/systemd/system/{UNIT}"), "[Service]")

    def test_images_are_not_taken_from_under_a_service_that_runs(self):
        self.converge()
        with self.assertRaisesRegex(AgentError, "still runs on its image"):
            stages.stage("image").revert(self.node())


class WayBack(Fixture):
    def test_a_first_service_that_does_not_start_is_stopped_and_disabled(self):
        self.configure(f"{NEVER_STARTS}\n")
        line = self.fails("does not start; it is stopped and disabled")
        self.assertIn("EAL: cannot start", line)
        self.assertEqual(self.plane.active, "inactive")
        self.assertFalse(self.node().exists(f"/etc/systemd/system/multi-user.target.wants/{UNIT}"))
        self.configure("good\n")
        self.converge()
        self.assertEqual(self.plane.active, "active")

    def test_the_lines_of_a_log_file_are_told_too(self):
        self.plan["service"]["log"] = {"file": "/var/log/pantheon-dpdk.log"}
        self.machine.file("/var/log/pantheon-dpdk.log", "EAL: no free hugepages\n")
        self.configure(f"{NEVER_STARTS}\n")
        self.assertIn("EAL: no free hugepages", self.fails("does not start; it is stopped and disabled"))

    def test_one_that_ran_comes_back_with_its_unit_files_and_image(self):
        self.converge()
        ran = self.plane.runs
        self.plan["image"] = {"reference": OTHER, "plainHttp": True}
        self.configure(f"{NEVER_STARTS}\n")
        self.plan["service"]["startSeconds"] = 3
        self.fails("the new service does not start; the one before runs again")
        self.assertEqual((self.plane.active, self.plane.runs), ("active", ran))
        self.assertEqual(self.plane.images, {PODMAN_IMAGE, OTHER})
        self.configure("good\n")
        self.converge()
        self.assertIn(OTHER, self.plane.runs)

    def test_a_failed_change_can_be_taken_back_by_the_plan_of_before(self):
        self.converge()
        earlier = self.plan["files"][0]
        self.configure(f"{NEVER_STARTS}\n")
        self.fails("the one before runs again")
        self.plan["files"][0] = earlier
        starts = self.plane.starts
        self.converge()
        self.assertEqual(self.plane.starts, starts)

    def test_a_refused_configuration_touches_nothing_of_what_runs(self):
        self.converge()
        before = self.machine.snapshot()
        self.configure(f"{REFUSED}\n")
        self.fails("refuses the configuration")
        self.assertEqual((self.machine.snapshot(), self.plane.starts), (before, 1))

    def test_one_that_fails_without_a_change_is_left_to_systemd(self):
        self.converge()
        self.plane.stop(self.machine)
        with mock.patch("dpdk_node_agent.testing_service._program", return_value=1):
            with self.assertRaisesRegex(AgentError, "the data plane's service does not start, at"):
                service.apply(self.node(), self.plan)
        self.assertEqual(self.plane.active, "failed")
        self.converge()

    def test_everything_goes_back_after_a_failure_too(self):
        self.configure(f"{NEVER_STARTS}\n")
        self.fails("stopped and disabled")
        for name in reversed(stages.RUN):
            stages.stage(name).revert(self.node())
        self.assertEqual(self.machine.snapshot(), self.before)


class Functions(Fixture):
    def opened_by(self, unit: str) -> None:
        self.machine.file("/proc/77/cgroup", f"0::/system.slice/{unit}/libpod-payload-1\n")
        (self.machine.root / "proc/77/fd").mkdir()
        (self.machine.root / "proc/77/fd/9").symlink_to("/dev/vfio/20")

    def test_our_service_is_stopped_for_a_change_of_its_functions_and_started_again(self):
        self.converge()
        self.opened_by(UNIT)
        self.plan["nics"][0]["virtualFunctions"].pop()
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual((self.plane.active, holders(self.node(), 20)), ("inactive", []))
        self.converge()
        self.assertEqual((self.plane.active, self.plane.starts), ("active", 2))

    def test_one_that_was_stopped_for_a_stage_that_fails_runs_again(self):
        self.converge()
        self.opened_by(UNIT)
        self.machine.drivers["enp1s0"].rounds_to = 1000
        self.plan["nics"][0]["settings"] = {"rings": {"rx": 300}}
        with mock.patch.object(stages, "BOOT", ()), mock.patch.object(nic_settings, "_SETTLE_SECONDS", 0.1):
            with self.assertRaisesRegex(AgentError, "the driver made something else of a setting"):
                worker.work(self.node(), self.plan, lambda _line: None)
        self.assertEqual((self.plane.active, self.plane.starts), ("active", 2))

    def test_giving_a_function_back_stops_it_too(self):
        self.converge()
        self.opened_by(UNIT)
        nic_binding.revert(self.node())
        self.assertEqual(self.plane.active, "inactive")

    def test_a_measurement_by_hand_does_not_stop_it(self):
        self.converge()
        self.opened_by(UNIT)
        with self.assertRaisesRegex(Refused, "in use"):
            traffic(self.node(), VFS[0], "52:54:00:d1:00:02", 1, True)
        self.assertEqual(self.plane.active, "active")

    def test_somebody_elses_process_is_not_stopped(self):
        self.converge()
        self.opened_by("other.service")
        with self.assertRaisesRegex(Refused, "in use.*process 77"):
            nic_binding.revert(self.node())
        self.assertEqual(self.plane.active, "active")


class Ready(Fixture):
    def test_it_names_the_devices_and_makes_dpdks_folder_the_users(self):
        self.converge()
        self.assertEqual(self.machine.text("/run/dpdk-fleet/service.env"), 'VFIO_DEVICES="--device=/dev/vfio/20"')
        found = self.machine.root.joinpath("run/pantheonchain/dpdk").stat()
        self.assertEqual((found.st_uid, found.st_mode & 0o777), (991, 0o700))

    def test_it_makes_the_file_of_the_profile_the_users_and_leaves_one_that_is_there(self):
        self.plan["service"]["profile"] = "/var/log/dpdk-profile.log"
        self.machine.file("/var/log/syslog", "")
        self.converge()
        place = self.machine.root / "var/log/dpdk-profile.log"
        self.assertEqual((place.stat().st_uid, place.stat().st_mode & 0o777), (991, 0o640))
        place.write_text("pantheon-node profile 1\n")
        place.chmod(0o600)
        serviceready.service_ready(self.node(), "2")
        self.assertEqual((place.read_text(), place.stat().st_mode & 0o777), ("pantheon-node profile 1\n", 0o600))

    def test_what_is_missing_is_one_line(self):
        self.converge()
        self.machine.unmount("/mnt/huge")
        self.machine.unbind(VFS[0])
        self.plan["hugepages"][0]["pages"] = 64
        hugepages.apply(self.node(), self.plan)
        with mock.patch.object(serviceready, "_WAIT_SECONDS", 0), self.assertRaises(AgentError) as caught:
            serviceready.service_ready(self.node(), "1")
        self.assertEqual(
            caught.exception.line(),
            "the data plane cannot start, found /mnt/huge: not mounted; 64 of 128 hugepages of 2M on NUMA node 0; "
            "0000:02:10.0: driver None, not vfio-pci; run `dpdk-node-agent check`",
        )

    def test_pages_that_a_crash_left_are_given_back_before_it_starts(self):
        self.converge()
        self.machine.file("/mnt/huge/rtemap_0", "")
        serviceready.service_ready(self.node(), "1")
        self.assertEqual(self.node().names("/mnt/huge"), [])

    def test_the_boot_unit_that_is_started_along_does_not_wait_for_who_starts_it(self):
        self.converge()
        node: Node = self.node()
        with runstate.changing(node), runstate.starting_service(node):
            self.assertEqual(boot(node), 0)
        self.assertFalse(runstate.is_starting_service(node))


class Plan(Fixture):
    def test_the_image_is_part_of_the_plan_that_is_kept_and_of_its_hash(self):
        image = self.plan.pop("image")
        found = planfile.with_image(self.plan, image["reference"], True)
        self.assertEqual(found["image"], image)
        self.assertNotEqual(planfile.hash_of(found), planfile.hash_of(planfile.with_image(self.plan, OTHER, True)))
        self.assertEqual(imagestore.key(found), f"podman {PODMAN_IMAGE}")
        self.assertEqual(servicestate.show(self.node()).active, "inactive")

    def test_a_service_without_an_image_and_an_image_without_a_service_are_refused(self):
        del self.plan["image"]
        with self.assertRaisesRegex(Refused, "a plan with a service needs an image, and no other plan does"):
            planfile.with_image(self.plan, None, False)
        with self.assertRaisesRegex(Refused, "no other plan does"):
            planfile.with_image(plan(), OTHER, False)
        self.assertEqual(planfile.with_image(plan(), None, False), plan())


if __name__ == "__main__":
    unittest.main()
