"""tests/system/evidence_test.py: a file from a target to a responder over a relay that may be killed, as may both programs."""

import hashlib
import os
import pathlib
import shutil
import stat
import subprocess
import time
import unittest

from programs import SystemTest, free_port, main, within

FRAME = 65_232
PASSWORD = "the word of this relay"


class EvidenceTest(SystemTest):
    bulk_mebibytes = 16

    def setUp(self):
        super().setUp()
        word = self.folder / "relay-password"
        word.write_text(PASSWORD + "\n")
        self.home = self.relay(extra_config=f'access = "password"\npassword_file = "{word}"\n'
                               f'bulk_mebibytes = {self.bulk_mebibytes}\nbulk_listen = "127.0.0.1:{free_port()}"\n')
        self.lab, self.samira = self.person("lab"), self.person("samira")
        self.lab.do("relay", "add", self.home.address, "--relay-password-file", word)
        link = self.folder / "link"
        self.lab.do("invite", "samira", "--file", link, "--with-relay-password")
        self.samira.do("accept", link, "--name", "lab")
        self.settle(self.lab, self.samira)
        self.inbox = self.folder / "received"
        self.inbox.mkdir()

    def file(self, size, name="backup.zip"):
        path = self.folder / name
        path.write_bytes(self.random.randbytes(size))
        return path

    def offered(self, name="backup.zip"):
        """The number of what was offered to the lab under this name."""
        def look():
            self.lab.run("sync", "--for", 1)
            rows = [one for one in self.lab.do("evidence", "list")["evidence"] if one["name"] == name]
            return rows and rows[-1]["number"]
        return within(60, look)

    def receive(self, number):
        return self.lab.run("evidence", "receive", number, "--folder", self.inbox)

    def assert_same(self, path, received):
        self.assertEqual(hashlib.sha256(received.read_bytes()).hexdigest(),
                         hashlib.sha256(path.read_bytes()).hexdigest())
        self.assertEqual(stat.S_IMODE(received.stat().st_mode), 0o400)
        self.assertEqual([one for one in os.listdir(self.inbox) if one.endswith(".part")], [])

    def status(self, person, number):
        return person.do("evidence", "status", number)

    # EVI-2.1: the lengths around a frame, and one of many.
    def test_files_of_every_length_arrive_whole(self):
        for size in (1, FRAME, FRAME + 1, 100 * FRAME - 7):
            path = self.file(size, f"file-{size}.bin")
            sent = self.samira.run("evidence", "send", "lab", path)
            self.assertEqual(sent.code, 0, repr(sent))
            number = self.offered(path.name)
            got = self.receive(number)
            self.assertEqual(got.code, 0, repr(got))
            self.assert_same(path, self.inbox / path.name)
            self.assertEqual(got.json["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())
            self.settle(self.lab, self.samira)
            self.assertEqual(self.status(self.samira, sent.json["number"])["standing"], "whole")
        def empty():
            self.settle(self.lab, self.samira)
            return '"blob"' not in self.home.command("stored").stdout
        self.assertTrue(within(30, empty, every=1), "what was taken is gone from the relay")

    def test_a_file_larger_than_the_relay_moves_like_a_window(self):
        path = self.file(24 << 20)
        self.lab.start_daemon()
        self.samira.start_daemon()
        sending = self.samira.start("evidence", "send", "lab", path)
        number = within(60, lambda: (self.lab.do("evidence", "list")["evidence"] or [{}])[0].get("number"), every=0.2)
        got = self.receive(number)
        self.assertEqual(got.code, 0, repr(got))
        self.assertEqual(self.samira.finish(sending).code, 0)
        self.assert_same(path, self.inbox / path.name)

    def test_kills_on_every_side_cost_nothing(self):
        path = self.file(24 << 20)
        number = self.samira.do("evidence", "send", "lab", path, "--no-wait")["number"]
        self.settle(self.samira)
        mine = self.offered()
        self.lab.do("evidence", "receive", mine, "--folder", self.inbox, "--no-wait")
        kills = 0
        def moved():
            return self.lab.do("evidence", "status", mine)["moved"]
        end = time.monotonic() + 240
        while not self.status(self.lab, mine)["over"]:
            self.assertLess(time.monotonic(), end, (self.status(self.lab, mine), self.status(self.samira, number)))
            self.samira.start_daemon()
            self.lab.start_daemon()
            time.sleep(self.random.uniform(0.05, 0.6))
            victim = kills % 4
            if victim == 0:
                self.home.kill()
                self.home.start()
            self.lab.kill_daemon() if victim == 1 else self.assertEqual(self.lab.stop_daemon().code, 0)
            self.samira.kill_daemon() if victim == 2 else self.assertEqual(self.samira.stop_daemon().code, 0)
            kills += 1
        self.assertEqual(self.status(self.lab, mine)["standing"], "whole", f"after {kills} kills")
        self.assert_same(path, self.inbox / path.name)
        self.assertGreaterEqual(kills, 3)
        self.settle(self.lab, self.samira)
        self.assertEqual(self.status(self.samira, number)["standing"], "whole")

    def test_what_arrived_is_written_for_age(self):
        path = self.file(300_000)
        self.samira.run("evidence", "send", "lab", path)
        number = self.offered()
        sealed = self.folder / "sealed.age"
        if not shutil.which("age"):
            self.skipTest("no age on this machine")
        key = self.folder / "age.key"
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
        self.assert_has_hint(self.lab.run("evidence", "export", number, sealed, "--age", recipient), 1)  # not here yet
        got = self.receive(number).json
        self.assert_has_hint(self.lab.run("evidence", "export", number, sealed, "--age", recipient[:-1] + "q"), 2)
        self.lab.do("evidence", "export", number, sealed, "--age", recipient)
        opened = subprocess.run(["age", "-d", "-i", key, sealed], check=True, capture_output=True).stdout
        self.assertEqual(opened, path.read_bytes())
        before = sealed.read_bytes()
        self.assert_has_hint(self.lab.run("evidence", "export", number, sealed, "--age", recipient), 1)
        self.assertEqual(sealed.read_bytes(), before)
        # Another content under its name is not exported, and leaves nothing behind.
        received = pathlib.Path(got["path"])
        received.chmod(0o600)
        received.write_bytes(b"something else")
        self.assert_has_hint(self.lab.run("evidence", "export", number, self.folder / "other.age", "--age", recipient), 5)
        self.assertFalse((self.folder / "other.age").exists())

    def test_a_rate_is_kept(self):
        path = self.file(20 * FRAME)
        begun = time.monotonic()
        self.assertEqual(self.samira.run("evidence", "send", "lab", path, "--limit-rate", "256K").code, 0)
        self.assertGreater(time.monotonic() - begun, 19 * FRAME / (256 << 10) - 0.5)
        for wrong in (("--limit-rate", "fast"), ("--limit-rate", "0"), ("--trickle", "1", "--limit-rate", "1K")):
            self.assert_has_hint(self.samira.run("evidence", "send", "lab", path, *wrong), 2)

    def test_a_file_that_changes_is_given_up(self):
        path = self.file(8 << 20)
        number = self.samira.do("evidence", "send", "lab", path, "--no-wait")["number"]
        path.write_bytes(self.random.randbytes(8 << 20))
        def given_up():
            self.samira.run("sync", "--for", 1)
            return self.status(self.samira, number)["standing"] == "the file changed"
        self.assertTrue(within(60, given_up))
        self.offered()
        self.settle(self.lab)
        self.assertEqual(self.lab.do("evidence", "list")["evidence"][0]["standing"], "given up")

    def test_what_is_not_wanted_is_refused_and_nothing_is_fetched(self):
        path = self.file(2 << 20, "..\u202ecod.exe\n.zip")
        number = self.samira.run("evidence", "send", "lab", path).json["number"]
        self.lab.run("sync", "--for", 2)
        row = self.lab.do("evidence", "list")["evidence"][0]
        self.assertEqual((row["standing"], row["moved"]), ("offered", 0))
        for letter in ("\u202e", "\n", "/"):
            self.assertNotIn(letter, row["name"])
        self.lab.do("evidence", "cancel", row["number"])
        self.settle(self.lab, self.samira)
        self.assertEqual(self.status(self.samira, number)["standing"], "refused")
        self.assertEqual(os.listdir(self.inbox), [])

    def test_nothing_in_the_way_is_overwritten_or_followed(self):
        path = self.file(1_000)
        victim = self.folder / "victim"
        victim.write_text("mine")
        (self.inbox / "backup.zip.part").symlink_to(victim)
        self.samira.run("evidence", "send", "lab", path)
        number = self.offered()
        self.assert_has_hint(self.receive(number))
        (self.inbox / "backup.zip.part").unlink()
        (self.inbox / "backup.zip").write_text("here already")
        self.assertEqual(self.receive(number).code, 0)
        self.assertEqual((self.inbox / "backup.zip").read_text(), "here already")
        self.assertEqual((self.inbox / "backup (2).zip").read_bytes(), path.read_bytes())
        self.assertEqual(victim.read_text(), "mine")

    def test_what_cannot_be_meant_has_a_hint(self):
        empty = self.file(0, "empty")
        for arguments, code in ((("evidence", "send", "lab", self.folder / "gone"), 2),
                                (("evidence", "send", "lab", self.folder), None),
                                (("evidence", "send", "lab", empty), None),
                                (("evidence", "send", "nobody", empty), None),
                                (("evidence", "status", 99), 2),
                                (("evidence", "receive", "x"), 2)):
            self.assert_has_hint(self.samira.run(*arguments), code)
        open_to_all = self.relay("open")
        bare, friend = self.person("bare", open_to_all), self.person("friend", open_to_all)
        self.pair(friend, bare)
        refused = bare.run("evidence", "send", "friend", self.file(10))
        self.assert_has_hint(refused, 1)
        self.assertIn("stores evidence", refused.json["error"])


if __name__ == "__main__":
    main()
