from __future__ import annotations

import unittest

from ..stage import State
from ..testing_service import with_service
from ..testing_tree import Machine, plan
from . import accounts


class Accounts(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), with_service(plan(), "podman")
        self.addCleanup(self.machine.remove)
        self.before = self.machine.snapshot()

    def node(self):
        return self.machine.node()

    def apply(self):
        accounts.apply(self.node(), self.plan)
        self.assertEqual(accounts.check(self.node(), self.plan).state, State.OK)

    def revert(self):
        accounts.revert(self.node())
        self.assertEqual(self.machine.snapshot(), self.before)

    def test_a_user_has_no_shell_no_home_and_its_groups(self):
        self.apply()
        self.assertIn("pantheon:x:991:992::/nonexistent:/usr/sbin/nologin", self.machine.text("/etc/passwd"))
        self.assertIn("hugepages:x:991:pantheon", self.machine.text("/etc/group"))
        self.revert()

    def test_what_is_there_is_taken_as_it_is_and_stays(self):
        self.machine.file("/etc/passwd", "root:x:0:0::/:/bin/sh\npantheon:x:1000:1000::/home/p:/bin/sh\n")
        self.machine.file("/etc/group", "root:x:0:\npantheon:x:1000:\nhugepages:x:991:\n")
        self.before = self.machine.snapshot()
        node = self.node()
        accounts.apply(node, self.plan)
        self.assertEqual((node.effects, accounts.check(node, self.plan).state), (0, State.OK))
        self.revert()

    def test_a_group_that_was_there_stays_although_userdel_would_take_it_along(self):
        self.machine.file("/etc/group", "root:x:0:\npantheon:x:700:\nhugepages:x:991:\n")
        self.before = self.machine.snapshot()
        self.apply()
        self.revert()

    def test_a_group_that_is_added_later_reaches_the_user_that_we_made(self):
        self.apply()
        self.plan["accounts"]["users"][0]["groups"].append("more")
        self.assertIn("user pantheon: not in more", accounts.check(self.node(), self.plan).saw)
        self.apply()
        self.revert()

    def test_accounts_of_an_earlier_plan_go(self):
        self.apply()
        del self.plan["accounts"]
        self.assertEqual(accounts.check(self.node(), self.plan).state, State.PARTIAL)
        self.apply()
        self.assertEqual(self.machine.snapshot(), self.before)


if __name__ == "__main__":
    unittest.main()
