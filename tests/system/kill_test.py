"""kill -9 of relay, daemon and commands at random points: nothing accepted is lost, nothing is shown
twice, every vault still opens. A message is accepted when its `send` has answered that it is saved; one whose `send`
was killed may have been accepted or not, and is then shown once or not at all."""

import collections
import threading
import time
import unittest

from programs import FAULT_LIBRARY, Faults, SystemTest, main, within

ONE_SHOT_KILLS = 60
DAEMON_KILLS = 30
RELAY_KILLS = 16


class TwoPeople(SystemTest):
    """Anna and Bea write to each other; the books of what was accepted, and what may have been."""

    def setUp(self):
        super().setUp()
        self.home = self.start_relay()
        self.anna = self.person("anna", self.home)
        self.bea = self.person("bea", self.home)
        self.pair(self.anna, self.bea)
        self.accepted = collections.defaultdict(set)  # by receiver's name
        self.perhaps = collections.defaultdict(set)
        self.count = 0

    def start_relay(self):
        return self.relay()

    def next_text(self):
        self.count += 1
        return f"message {self.count}"

    def other(self, person):
        return self.bea if person is self.anna else self.anna

    def note_sent(self, sender, text, answer):
        to = self.other(sender).name
        if answer.json and "message" in answer.json:  # saved; with 4: the relay has it not yet
            self.accepted[to].add(text)
        elif answer.was_killed():
            self.perhaps[to].add(text)
        else:
            self.assert_has_hint(answer)
            self.perhaps[to].add(text)  # the owner was killed while it worked on it

    def send(self, sender, text=None):
        text = text or self.next_text()
        self.note_sent(sender, text, sender.run("send", self.other(sender).name, text=text))

    def moment(self, longest):
        """Most points fall into the busy beginning of a command, some anywhere."""
        return self.random.uniform(0, longest if self.random.random() < 0.3 else longest / 10)

    def all_arrived(self):
        """Everything accepted is there; sends and receives until it is."""
        def arrived():
            for person in (self.anna, self.bea):
                answer = person.run("sync")
                if answer.code != 0:
                    self.assert_has_hint(answer)
            return all(self.accepted[person.name] <= set(person.texts())
                       for person in (self.anna, self.bea))
        if not within(60, arrived):
            missing = {person.name: sorted(self.accepted[person.name] - set(person.texts()))
                       for person in (self.anna, self.bea)}
            self.fail(f"accepted and lost: {missing}")
        for person in (self.anna, self.bea):
            shown = collections.Counter(person.texts())
            twice = [text for text, times in shown.items() if times > 1]
            self.assertEqual(twice, [], "shown twice")
            strange = set(shown) - self.accepted[person.name] - self.perhaps[person.name]
            self.assertEqual(strange, set(), "never sent")

    def assert_healthy(self):
        self.all_arrived()
        for person in (self.anna, self.bea):
            self.assertEqual(person.notices(), [], "an alarm after mere kills")
        # Both directions still work.
        self.send(self.anna, "the last one to Bea")
        self.send(self.bea, "the last one to Anna")
        self.all_arrived()


class KillTest(TwoPeople):
    def test_commands_killed_anywhere_lose_nothing(self):
        for _ in range(ONE_SHOT_KILLS):
            victim = self.random.choice((self.anna, self.bea))
            kind = self.random.choice(("send", "send", "sync", "inbox"))
            text = self.next_text() if kind == "send" else ""
            arguments = {"send": ("send", self.other(victim).name), "sync": ("sync",),
                         "inbox": ("inbox",)}[kind]
            longest = {"send": 0.7, "sync": 1.0, "inbox": 0.04}[kind]
            process = victim.start(*arguments, text=text)
            time.sleep(self.moment(longest))
            process.kill()
            answer = victim.finish(process)
            if kind == "send":
                self.note_sent(victim, text, answer)
            # The vault opens, every time.
            victim.do("contacts")
            if self.random.random() < 0.3:
                self.send(self.other(victim))
        self.assert_healthy()

    def test_a_daemon_killed_anywhere_loses_nothing(self):
        self.anna.start_daemon()
        for _ in range(DAEMON_KILLS):
            self.bea.start_daemon()
            senders = [threading.Thread(target=self.send, args=(person,))
                       for person in (self.anna, self.bea, self.anna)]
            for sender in senders:
                sender.start()
            time.sleep(self.moment(0.5))
            self.bea.kill_daemon()
            for sender in senders:
                sender.join()
        self.anna.stop_daemon()
        self.assert_healthy()

    def test_a_relay_killed_anywhere_loses_nothing(self):
        for _ in range(RELAY_KILLS):
            texts = self.next_text(), self.next_text()
            senders = [person.start("send", self.other(person).name, text=text)
                       for person, text in zip((self.anna, self.bea), texts)]
            time.sleep(self.moment(0.6))
            self.home.kill()
            self.home.start()
            for person, text, sender in zip((self.anna, self.bea), texts, senders):
                self.note_sent(person, text, person.finish(sender))
        self.assert_healthy()

    def test_daemons_outlive_their_relay(self):
        self.anna.start_daemon()
        self.bea.start_daemon()
        for _ in range(2):
            self.send(self.anna)
            time.sleep(self.moment(1.0))
            self.home.kill()
            self.send(self.bea)  # while it is gone
            self.home.start()
        # Both first: what one of them still has to send leaves only while it runs.
        for person in (self.anna, self.bea):
            self.assertTrue(within(60, lambda: self.accepted[person.name] <= set(person.texts()),
                                   every=0.2), f"{person.name} did not come back by itself")
        for person in (self.anna, self.bea):
            self.assertEqual(person.stop_daemon().code, 0)
        self.assert_healthy()


@unittest.skipUnless(FAULT_LIBRARY, "no fault library in a sanitized build")
class LateAckTest(TwoPeople):
    """The store dies between push and commit, and the reader acknowledges what was never stored."""

    def start_relay(self):
        self.faults = Faults(self.folder, "relay")
        return self.relay(faults=self.faults)

    def test_a_store_killed_between_push_and_commit_eats_nothing_later(self):
        self.anna.start_daemon()
        self.bea.start_daemon()
        pushed_early = 0
        for _ in range(2):
            self.send(self.anna)
            self.assertTrue(within(30, self.bea_has_all, every=0.1), "both are connected again")
            self.faults.stall_file.touch()  # nothing becomes durable from now on
            before = len(self.bea.texts())
            self.send(self.anna)
            # Either it is pushed before it is durable, or it is not pushed at all.
            pushed_early += bool(within(2, lambda: len(self.bea.texts()) > before, every=0.1))
            self.home.kill()
            self.faults.stall_file.unlink()
            self.home.start()
            self.send(self.anna)  # gets a number again; a late ack must not delete it
            self.send(self.bea)
            self.assertTrue(within(60, self.bea_has_all, every=0.2), "lost behind a late ack")
        print(f"pushed before durable: {pushed_early} of 2", flush=True)
        for person in (self.anna, self.bea):
            self.assertEqual(person.stop_daemon().code, 0)
        self.assert_healthy()

    def bea_has_all(self):
        return self.accepted["bea"] <= set(self.bea.texts())


if __name__ == "__main__":
    main()
