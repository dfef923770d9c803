"""Twenty commands at once on one vault: with a running owner, without one, and while one comes and
goes. None fails without a hint, nothing is lost or shown twice, no key is used twice."""

import collections
import unittest

from programs import SystemTest, main, within

COMMANDS = 20
SENDS = 13


class TogetherTest(SystemTest):
    def setUp(self):
        super().setUp()
        home = self.relay()
        self.anna = self.person("anna", home)
        self.bea = self.person("bea", home)
        self.pair(self.anna, self.bea)
        self.saved, self.perhaps = [], []

    def start_twenty(self, wait=90):
        """Mostly messages; between them what else a person types. (text or None, process) each."""
        others = [("sync",), ("inbox",), ("contacts",), ("doctor",), ("verify", "bea"),
                  ("relay", "list"), ("alert", "list")]
        started = []
        for number in range(COMMANDS):
            if number < SENDS:
                text = f"of twenty, {number}"
                started.append((text, self.anna.start("--wait", wait, "send", "bea", text=text)))
            else:
                started.append((None, self.anna.start("--wait", wait, *others[number - SENDS])))
        self.random.shuffle(started)
        return started

    def take_answers(self, started):
        """Those that failed; each with its hint."""
        failed = []
        for text, process in started:
            answer = self.anna.finish(process)
            if answer.code != 0:
                self.assert_has_hint(answer)
                failed.append(answer)
            if text is not None:
                saved = answer.json and "message" in answer.json
                (self.saved if saved else self.perhaps).append(text)
        return failed

    def assert_all_arrived_once(self):
        def arrived():
            self.anna.run("sync")
            self.bea.run("sync")
            return set(self.saved) <= set(self.bea.texts())
        within(60, arrived)
        shown = collections.Counter(self.bea.texts())
        self.assertEqual(sorted(set(self.saved) - set(shown)), [], "saved and lost")
        self.assertEqual([text for text, times in shown.items() if times > 1], [], "shown twice")
        self.assertEqual(sorted(set(shown) - set(self.saved) - set(self.perhaps)), [])
        # A message key used twice is a fork to the receiver: it would be an alarm there.
        self.assertEqual(self.bea.notices(), [])
        self.assertEqual(self.anna.notices(), [])

    def test_twenty_commands_without_an_owner_take_turns(self):
        self.assertEqual(self.take_answers(self.start_twenty()), [])
        self.assertEqual(len(self.saved), SENDS)
        self.assert_all_arrived_once()

    def test_twenty_commands_with_an_owner(self):
        self.anna.start_daemon()
        self.assertEqual(self.take_answers(self.start_twenty()), [])
        self.assertEqual(len(self.saved), SENDS)
        self.assertEqual(self.anna.stop_daemon().code, 0)
        self.assert_all_arrived_once()

    def test_an_owner_that_comes_and_goes_between_them(self):
        started = self.start_twenty()
        self.anna.start_daemon()  # waits for its turn like everybody
        failed = self.take_answers(started)
        self.assertEqual(failed, [], "an owner that comes serves those who wait")
        started = self.start_twenty()
        stopped = self.anna.stop_daemon()
        self.assertEqual(stopped.code, 0, repr(stopped))
        self.assertEqual(self.take_answers(started), [], "an owner that goes finishes what it took")
        self.saved = sorted(set(self.saved))  # both rounds say the same texts

        def arrived():
            self.anna.run("sync")
            self.bea.run("sync")
            return len(self.bea.texts()) == 2 * SENDS
        self.assertTrue(within(60, arrived), repr(self.bea.texts()))
        self.assertEqual(self.bea.notices() + self.anna.notices(), [])

    def test_a_command_that_may_not_wait_says_who_holds_the_vault(self):
        holder = self.anna.start("sync", "--for", "4")
        self.assertTrue(within(3, lambda: self.anna.run("--wait", 0, "contacts").code != 0))
        self.assert_has_hint(self.anna.run("--wait", 0, "contacts"), code=3)
        self.anna.finish(holder)
        self.anna.do("contacts")

    def test_two_owners_do_not_share_a_vault(self):
        self.anna.start_daemon()
        second = self.anna.run("--wait", 1, "run", "--no-notify")
        self.assert_has_hint(second, code=3)
        self.anna.do("contacts")  # the first one still serves


if __name__ == "__main__":
    main()
