"""A full disk, a damaged vault, a wrong clock: a clear error with a hint, nothing lost, no crash, and
everything works again afterwards."""

import os
import re
import shutil
import subprocess
import unittest

import organisation
from programs import BIN, FAULT_LIBRARY, Faults, SystemTest, main, within

DAYS_OFF = 40
VAULT_FILES = ("vault.db", "vault.keys")


class PreparedTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.relay_faults = Faults(self.folder, "relay") if FAULT_LIBRARY else None
        self.bea_faults = Faults(self.folder, "bea") if FAULT_LIBRARY else None
        self.home = self.relay(faults=self.relay_faults)
        self.anna_faults = Faults(self.folder, "anna") if FAULT_LIBRARY else None
        self.anna = self.person("anna", self.home, faults=self.anna_faults)
        self.bea = self.person("bea", self.home, faults=self.bea_faults)

    def assert_both_ways_work(self):
        for sender, receiver in ((self.anna, self.bea), (self.bea, self.anna)):
            text = f"after it all, from {sender.name}"
            self.assertIn("message", sender.run("send", receiver.name, text=text).json)

            def arrived():
                sender.run("sync")
                receiver.run("sync")
                return text in receiver.texts()
            self.assertTrue(within(60, arrived), f"{text}: never arrived")
            self.assertEqual(receiver.texts().count(text), 1)
            self.assertEqual(receiver.notices(), [])


@unittest.skipUnless(FAULT_LIBRARY, "no fault library in a sanitized build")
class FullDiskTest(PreparedTest):
    def setUp(self):
        super().setUp()
        self.pair(self.anna, self.bea)

    def test_a_command_on_a_full_disk_says_so_and_changes_nothing(self):
        self.bea_faults.full_file.touch()
        for command in (("send", "anna"), ("invite", "carl")):
            answer = self.bea.run(*command, text="this does not fit")
            self.assert_has_hint(answer, code=1)
            self.assertIn("disk is full", answer.said())
        self.bea_faults.full_file.unlink()
        self.assertNotIn("carl", [each["name"] for each in self.bea.do("contacts")["contacts"]])
        self.assert_both_ways_work()
        self.assertEqual(self.anna.texts(), ["after it all, from bea"], "nothing was half sent")

    def test_what_arrives_while_the_disk_is_full_stays_at_the_relay(self):
        self.bea_faults.full_file.touch()
        for number in range(3):
            self.anna.do("send", "bea", text=f"while full {number}")
            answer = self.bea.run("sync")
            self.assert_has_hint(answer, code=1)
            self.assertIn("disk is full", answer.said())
        self.bea_faults.full_file.unlink()
        self.assert_both_ways_work()
        self.assertEqual(sorted(self.bea.texts()), sorted(
            [f"while full {number}" for number in range(3)] + ["after it all, from anna"]))

    def test_a_daemon_takes_what_it_could_not_store_when_there_is_room_again(self):
        # A relay pushes a cell once on a line, and an acknowledgement covers all before it: what
        # was not stored must not be forgotten when a later cell is.
        self.bea.start_daemon()
        self.anna.do("send", "bea", text="before")
        self.assertTrue(within(20, lambda: "before" in self.bea.texts(), every=0.1))
        self.bea_faults.full_file.touch()
        for number in range(3):
            self.anna.do("send", "bea", text=f"while full {number}")
        self.bea_faults.full_file.unlink()
        self.anna.do("send", "bea", text="after")
        expected = ["after", "before"] + [f"while full {number}" for number in range(3)]
        within(20, lambda: len(self.bea.texts()) >= len(expected), every=0.2)
        self.assertEqual(sorted(self.bea.texts()), expected)
        self.assertEqual(self.bea.stop_daemon().code, 0)
        self.settle(self.anna, self.bea)
        self.assertEqual(sorted(self.bea.texts()), expected)

    def test_a_relay_on_a_full_disk_refuses_and_keeps_what_it_has(self):
        self.anna.do("send", "bea", text="kept by the relay")
        self.relay_faults.full_file.touch()
        answer = self.anna.run("send", "bea", text="not taken yet")
        if answer.code != 0:
            self.assert_has_hint(answer)
        self.assertIn("message", answer.json, "it is saved here, whatever the relay says")
        answer = self.anna.run("sync")
        self.assert_has_hint(answer, code=4)
        self.relay_faults.full_file.unlink()
        self.assertTrue(self.home.is_running(), self.home.log())
        for hour in range(1, 5):  # a busy relay is left alone for a while
            self.anna_faults.clock_off_by(hour / 24)
            if self.anna.run("sync").code == 0:
                break
        self.assert_both_ways_work()
        self.assertEqual(sorted(self.bea.texts()),
                         ["after it all, from anna", "kept by the relay", "not taken yet"])

    def test_a_relay_started_on_a_full_disk_says_so(self):
        self.home.kill()
        self.relay_faults.full_file.touch()
        environment = dict(os.environ, **self.relay_faults.environment())
        process = subprocess.Popen([BIN / "tocsin-relay", "run", "--config", self.home.config],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        try:
            _, err = process.communicate(timeout=5)
            self.assertGreater(process.returncode, 0, err)
            self.assertRegex(err, "error: .+\nhint:  .+")
        except subprocess.TimeoutExpired:  # it runs, and refuses new cells: as good
            process.kill()
            process.communicate()
        self.relay_faults.full_file.unlink()
        self.home.start()
        self.assert_both_ways_work()


class DamagedVaultTest(PreparedTest):
    def setUp(self):
        super().setUp()
        self.pair(self.anna, self.bea)
        self.anna.do("send", "bea", text="before the damage")
        self.bea.do("sync")
        self.copy = self.folder / "bea-copy"
        shutil.copytree(self.bea.vault, self.copy)

    def damage(self, name, change):
        """The vault as it was, with one file changed."""
        shutil.rmtree(self.bea.vault)
        shutil.copytree(self.copy, self.bea.vault)
        path = self.bea.vault / name
        content = bytearray(path.read_bytes())
        content = change(content)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)

    def flip(self, content, at):
        content[at] ^= 1 << self.random.randrange(8)
        return content

    def test_damage_of_any_kind_is_told_with_a_hint(self):
        for check in (self.flipped_bits_are_an_error_or_change_nothing,
                      self.truncated_files_are_an_error, self.rubbish_is_an_error,
                      self.a_missing_file_is_an_error_and_nothing_is_made_in_its_place,
                      self.the_whole_folder_put_back_works_again):
            with self.subTest(check.__name__):
                check()

    def flipped_bits_are_an_error_or_change_nothing(self):
        for name in VAULT_FILES:
            size = (self.copy / name).stat().st_size
            for _ in range(12):
                at = self.random.randrange(size)
                self.damage(name, lambda content: self.flip(content, at))
                # Before anything writes: a free page may be written over, and is whole again then.
                answer = self.bea.run("doctor")
                if answer.code != 0 or name == "vault.db":  # every page of it is authenticated
                    self.assert_has_hint(answer)
                answer = self.bea.run("inbox", "--all")
                if answer.code == 0:  # a page nobody reads now, or a slot that is not ours
                    self.assertEqual([item["text"] for item in answer.json["messages"]],
                                     ["before the damage"], f"{name} at {at}")
                else:
                    self.assert_has_hint(answer)

    def truncated_files_are_an_error(self):
        for name in VAULT_FILES:
            size = (self.copy / name).stat().st_size
            for keep in (0, 1, size // 2, size - 1):
                self.damage(name, lambda content: content[:keep])
                self.assert_has_hint(self.bea.run("doctor"))

    def a_missing_file_is_an_error_and_nothing_is_made_in_its_place(self):
        for name in VAULT_FILES:
            self.damage(name, lambda content: None)
            self.assert_has_hint(self.bea.run("inbox", "--all"))
            self.assertFalse((self.bea.vault / name).exists(), name)

    def rubbish_is_an_error(self):
        for name in VAULT_FILES:
            size = (self.copy / name).stat().st_size
            for rubbish in (self.random.randbytes(size), bytes(size)):
                self.damage(name, lambda content: rubbish)
                self.assert_has_hint(self.bea.run("inbox", "--all"))

    def the_whole_folder_put_back_works_again(self):
        self.damage("vault.keys", lambda content: content[:10])
        self.assertNotEqual(self.bea.run("inbox", "--all").code, 0)
        shutil.rmtree(self.bea.vault)
        shutil.copytree(self.copy, self.bea.vault)
        self.assertEqual(self.bea.texts(), ["before the damage"])
        self.assert_both_ways_work()


@unittest.skipUnless(FAULT_LIBRARY, "no fault library in a sanitized build")
class WrongClockTest(PreparedTest):
    def test_an_invitation_is_refused_with_both_days(self):
        for days in (DAYS_OFF, -DAYS_OFF):
            link = self.folder / f"link{days}"
            self.anna.do("invite", f"bea{days}", "--file", link)
            self.bea_faults.clock_off_by(days)
            answer = self.bea.run("accept", link, "--name", "anna")
            self.assert_has_hint(answer, code=1)
            # A day it can be accepted on, and the day this clock says.
            self.assertGreaterEqual(len(re.findall(r"\d{4}-\d\d-\d\d", answer.said())), 2,
                                    repr(answer))
        self.bea_faults.clock_off_by(0)
        self.bea.do("accept", link, "--name", "anna")

    def test_relay_check_and_doctor_tell_a_wrong_clock(self):
        self.bea_faults.clock_off_by(DAYS_OFF)
        for command in ("relay", "check"), ("doctor",):
            answer = self.bea.run(*command)
            self.assertEqual(answer.json["relays"][0]["days_apart"], DAYS_OFF, repr(answer))

    def test_texts_arrive_whatever_the_clock_says(self):
        self.pair(self.anna, self.bea)
        for days in (DAYS_OFF, -DAYS_OFF):
            self.bea_faults.clock_off_by(days)
            self.anna.do("send", "bea", text=f"off by {days}")
            self.bea.run("sync")
            self.assertIn(f"off by {days}", self.bea.texts())
        self.bea_faults.clock_off_by(0)
        self.assert_both_ways_work()

    def test_an_alert_is_never_hidden_by_the_clock(self):
        lab = self.person("lab", self.home)
        self.pair(lab, self.anna)
        self.pair(lab, self.bea)
        organisation.found(self, lab, self.anna, self.bea)
        organisation.send_alert(self, lab, self.anna, self.bea, "Please call us.")
        for days in (-DAYS_OFF, 10 * DAYS_OFF, 0):
            self.bea_faults.clock_off_by(days)
            self.bea.run("sync")
            alerts = organisation.received(self.bea)
            self.assertEqual(len(alerts), 1, f"{days} days off")
            page = self.bea.do("alert", "show", alerts[0]["alert"])["page"]
            self.assertIn("Please call us.", page, f"{days} days off")
        self.assertEqual((alerts[0]["verdict"], alerts[0]["life"]), ("AUTHENTIC", "current"))


if __name__ == "__main__":
    main()
