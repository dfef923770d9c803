"""What a watcher of the wire sees while people do everything Tocsin is for, and what the real client
does behind a SOCKS proxy in every mood."""

import time
import unittest

import organisation
from programs import SystemTest, free_port, main, within
from proxies import CountingProxy, SocksProxy, frames

CELL_BYTES = 4_096
CURVE_BYTES = 33  # of a frame: command name 8, nonce 8, authenticator 16, flags 1


class WireTest(SystemTest):
    def test_every_frame_of_the_whole_job_has_one_size(self):
        proxy = CountingProxy()
        home = self.relay(extra_config=f'public = "127.0.0.1:{proxy.port}"\n')
        proxy.target_port = home.port
        self.assertTrue(home.address.endswith(f":{proxy.port}"), home.address)
        lab, colleague, target = (self.person(name, home) for name in ("lab", "colleague", "target"))
        self.pair(lab, colleague)
        self.pair(lab, target)
        organisation.found(self, lab, colleague, target)
        organisation.send_alert(self, lab, colleague, target, "We found something. Please call.")
        self.settle(target)
        alert = organisation.received(target)[-1]
        self.assertEqual(alert["verdict"], "AUTHENTIC")
        target.do("alert", "show", alert["alert"])
        target.do("alert", "ack", alert["alert"])
        target.do("send", "lab", text="short")
        target.do("send", "lab", text="long " * 2_000)  # several fragments
        self.settle(target, lab)
        self.assertEqual(len(lab.texts()), 2)
        target.start_daemon()
        lab.do("send", "target", text="pushed")
        self.assertTrue(within(20, lambda: "pushed" in target.texts(), every=0.2))
        self.assertEqual(target.stop_daemon().code, 0)
        proxy.close()

        sizes, messages, greeted = set(), 0, 0
        for line in proxy.lines:
            for stream in line:
                commands, application = frames(stream)
                greeted += len(commands) == 2  # the two steps of the CURVE handshake each way
                sizes |= set(application)
                messages += len(application)
        self.assertEqual(sizes, {CELL_BYTES + CURVE_BYTES})
        self.assertGreater(messages, 100)
        self.assertGreater(greeted, 20)
        # The scan itself sees other sizes where there are some.
        other = bytes(64) + b"\x00\x05hello" + b"\x02" + (300).to_bytes(8, "big") + bytes(300)
        self.assertEqual(frames(other), ([], [5, 300]))


class SocksTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.proxy = SocksProxy()
        self.anna = self.person("anna", self.home)
        self.bea = self.person("bea", self.home)
        self.pair(self.anna, self.bea)
        self.use_proxy(f"127.0.0.1:{self.proxy.port}")

    def tearDown(self):
        self.proxy.close()
        super().tearDown()

    def assert_delivered(self, text):
        def arrived():
            if text not in self.bea.texts():
                self.anna.run("sync")
                self.bea.run("sync", "--for", 1)
            return text in self.bea.texts()
        self.assertTrue(within(60, arrived), f"{text}: never arrived")
        self.assertEqual(self.bea.texts().count(text), 1)

    def test_a_bad_proxy_keeps_what_is_to_be_sent_and_says_so(self):
        for mood in ("refusing", "hangs up", "stalled"):
            self.proxy.mood = mood
            begun, before = time.monotonic(), self.proxy.accepted
            self.assertIn("message", self.anna.run("send", "bea", text=mood).json)
            answer = self.anna.run("sync")
            self.assert_has_hint(answer, code=4)
            took = time.monotonic() - begun
            self.assertLess(took, 45, "bounded")
            # Per line at most twelve dials a minute; a reading and a depositing one per command.
            self.assertLessEqual(self.proxy.accepted - before, 4 * (1 + took / 5), mood)
        self.proxy.mood = "healthy"
        for mood in ("refusing", "hangs up", "stalled"):
            self.assert_delivered(mood)

    def test_a_dead_proxy_is_told_by_check_and_never_gone_around(self):
        port = free_port()
        self.use_proxy(f"127.0.0.1:{port}")
        self.assertIn("message", self.anna.run("send", "bea", text="only by proxy").json)
        self.assert_has_hint(self.anna.run("sync"), code=4)
        self.bea.do("sync")
        self.assertEqual(self.bea.texts(), [], "it left around the proxy")
        self.use_proxy(f"127.0.0.1:{self.proxy.port}")
        self.assert_delivered("only by proxy")

    def use_proxy(self, proxy):
        self.anna.do("relay", "add", self.home.address, "--proxy", proxy)

    def test_one_sync_takes_everything_from_all_mailboxes(self):  # WIR-12.4
        self.use_proxy("none")
        friends = [self.bea] + [self.person(name, self.home) for name in ("cem", "dora", "emil", "fay")]
        for friend in friends[1:]:
            self.pair(self.anna, friend)  # an invitation's mailbox and one of their own
        for friend in friends:
            friend.do("send", "anna", text=f"from {friend.name}")
        self.settle(*friends)
        self.use_proxy(f"127.0.0.1:{self.proxy.port}")
        self.assertEqual(self.anna.run("sync").code, 0)
        self.assertEqual(sorted(self.anna.texts()), sorted(f"from {friend.name}" for friend in friends))
        self.assertGreaterEqual(len(self.proxy.users), 2 * len(friends))
        self.assertEqual(len(set(self.proxy.users)), len(self.proxy.users))

    def test_every_connection_has_a_circuit_of_its_own(self):
        self.assertIn("message", self.anna.run("send", "bea", text="by circuit").json)
        self.assert_delivered("by circuit")
        self.assertGreaterEqual(len(self.proxy.users), 2)
        self.assertEqual(len(set(self.proxy.users)), len(self.proxy.users))


if __name__ == "__main__":
    main()
