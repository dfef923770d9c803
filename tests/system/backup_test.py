"""tests/system/backup_test.py: a laptop lost and restored, a vault moved, a vault copied, a device cleaned."""

import shutil
import signal
import subprocess
import time

from programs import BIN, COMMAND_SECONDS, Person, SystemTest, main, within

NEW_SESSION, FORKED, ROLLED_BACK = 13, 1, 2


class BackupTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.anna, self.bea = self.person("anna", self.home), self.person("bea")
        self.pair(self.anna, self.bea)
        self.settle(self.anna, self.bea)
        for one, other in ((self.anna, "bea"), (self.bea, "anna")):
            one.do("verify", other, "--digits", one.do("verify", other)["digits"])
        self.copy, self.copy_key = self.folder / "copy", self.folder / "copy.key"

    def write_copy(self, person, command, *options):
        person.do(command, self.copy, "--make-key-file", self.copy_key, *options)

    def restored(self, name):
        """A new vault of that name, out of the copy."""
        person = Person.opened(self.folder, name)
        self.people.append(person)
        made = subprocess.run([BIN / "tocsin", "--vault", person.vault, "restore", self.copy, "--json",
                               "--copy-key-file", self.copy_key, "--make-key-file", person.key],
                              env=person.environment(), capture_output=True, text=True, timeout=COMMAND_SECONDS)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        return person

    def kinds(self, person):
        return [notice["kind"] for notice in person.notices()]

    def converse(self, one, other):
        for writer, reader, text in ((one, other, f"from {one.name}"), (other, one, f"from {other.name}")):
            writer.do("send", "bea" if reader is self.bea else "anna", text=text)
            self.settle(writer, reader)
            self.assertIn(text, reader.texts())

    def contact(self, person, name):
        return [one for one in person.do("contacts")["contacts"] if one["name"] == name][0]

    # VLT-9.4
    def test_a_lost_laptop_comes_back_with_its_people_and_what_it_missed(self):
        self.write_copy(self.anna, "backup")
        self.assertEqual(self.copy.stat().st_mode & 0o777, 0o600)
        self.bea.do("send", "anna", text="while you were away")
        self.settle(self.bea)
        shutil.rmtree(self.anna.vault)
        anna = self.restored("anna on a new laptop")
        self.assertEqual(self.contact(anna, "bea")["verified"], "verified by digits")
        self.settle(anna, self.bea)
        self.settle(anna, self.bea)
        self.assertTrue(within(30, lambda: (self.settle(self.bea, anna), "while you were away" in anna.texts())[1]))
        self.assertEqual(anna.texts().count("while you were away"), 1)
        self.assertIn(NEW_SESSION, self.kinds(self.bea), "Bea is told that Anna began anew")
        self.assertEqual(self.contact(self.bea, "anna")["verified"], "verified by digits")
        self.converse(anna, self.bea)
        self.assertNotIn(FORKED, self.kinds(self.bea))

    # VLT-9.4
    def test_one_backup_restores_a_second_time(self):
        self.write_copy(self.anna, "backup")
        shutil.rmtree(self.anna.vault)
        for name in ("first", "second"):
            anna = self.restored(name)
            self.settle(anna, self.bea)
            self.settle(anna, self.bea)
            def heard():
                self.bea.do("send", "anna", text=f"to the {name}")
                self.settle(self.bea, anna)
                return f"to the {name}" in anna.texts()
            self.assertTrue(within(60, heard), self.bea.notices())
            shutil.rmtree(anna.vault)
            time.sleep(1)  # nobody restores twice within a second

    def test_a_move_that_cannot_be_written_changes_nothing(self):
        nowhere = self.folder / "nowhere" / "copy"
        self.assert_has_hint(self.anna.run("move", nowhere, "--make-key-file", self.copy_key, "--yes"))
        self.converse(self.anna, self.bea)

    # VLT-9.3
    def test_a_backup_holds_no_message(self):
        self.bea.do("send", "anna", text="a canary that sings")
        self.settle(self.bea, self.anna)
        self.assertEqual(self.anna.texts(), ["a canary that sings"])
        self.write_copy(self.anna, "backup")
        self.assertEqual(self.restored("other").texts(), [])

    # VLT-9.5
    def test_a_moved_vault_goes_on_and_raises_no_alarm(self):
        self.bea.do("send", "anna", text="before")
        self.settle(self.bea, self.anna)
        self.write_copy(self.anna, "move", "--yes")
        for command in (["contacts"], ["sync"], ["send", "bea"], ["backup", self.folder / "no"]):
            refused = self.anna.run(*command, text="x")
            self.assert_has_hint(refused, 1)
            self.assertEqual(refused.json["code"], "moved_away")
        self.bea.do("send", "anna", text="in between")
        self.settle(self.bea)
        anna = self.restored("anna elsewhere")
        self.settle(anna, self.bea)
        self.assertEqual(sorted(anna.texts()), ["before", "in between"])
        self.converse(anna, self.bea)
        self.assertEqual([kind for kind in self.kinds(self.bea) if kind in (NEW_SESSION, FORKED, ROLLED_BACK)], [])
        self.assertEqual(self.kinds(anna), [])

    def test_a_moved_vault_writes_the_same_again_and_nothing_else(self):
        self.write_copy(self.anna, "move", "--yes")
        again = self.folder / "again"
        self.assert_has_hint(self.anna.run("move", again, "--make-key-file", self.folder / "no.key", "--yes"), 1)
        self.anna.do("move", again, "--make-key-file", self.folder / "again.key", "--yes", "--again")
        self.copy, self.copy_key = again, self.folder / "again.key"
        self.converse(self.restored("anna elsewhere"), self.bea)

    def test_a_copied_vault_raises_the_alarm(self):
        copied = self.folder / "copied"
        shutil.copytree(self.anna.vault, copied)
        twin = Person.__new__(Person)
        twin.folder, twin.name, twin.faults, twin.daemon = self.folder, "twin", None, None
        twin.vault, twin.key = copied, self.anna.key
        self.anna.do("send", "bea", text="from the one")
        self.settle(self.anna, self.bea)
        twin.do("send", "bea", text="from the other")
        self.settle(twin, self.bea)
        self.assertTrue({FORKED, ROLLED_BACK} & set(self.kinds(self.bea)), self.bea.notices())

    # PAI-6.8
    def test_a_cleaned_device_makes_its_keys_new(self):
        old = self.folder / "what spyware took"
        shutil.copytree(self.anna.vault, old)
        def drop_rows():
            return {row for row in self.home.command("stored").stdout.splitlines() if "mailbox" in row}
        before = len(drop_rows())
        done = self.anna.do("recover", "--yes")
        self.assertEqual((done["renewed"], done["not_yet"]), (["bea"], []))
        self.assertGreater(len(drop_rows()), before, "a new mailbox beside the old one")
        self.settle(self.anna, self.bea)
        self.settle(self.anna, self.bea)
        self.converse(self.anna, self.bea)
        # The key that opened what was taken opens nothing of today.
        shutil.copy(old / "vault.keys", self.folder / "keys of yesterday")
        shutil.copy(self.anna.vault / "vault.db", old / "vault.db")
        for name in ("vault.db-wal", "vault.db.new"):
            (old / name).unlink(missing_ok=True)
        thief = subprocess.run([BIN / "tocsin", "--vault", old, "--key-file", self.anna.key, "--json", "contacts"],
                               env=self.anna.environment(), capture_output=True, text=True, timeout=COMMAND_SECONDS)
        self.assertNotEqual(thief.returncode, 0)

    # PAI-6.9
    def test_a_new_identity_says_who_must_verify_again_and_is_a_stranger_until_then(self):
        self.converse(self.anna, self.bea)
        old_digits = self.anna.do("verify", "bea")["digits"]
        thief = self.folder / "thief"
        shutil.copytree(self.anna.vault, thief)
        told = self.anna.do("recover", "--new-identity", "--yes")
        self.assertEqual((told["to_invite"], told["organisations"]), (["bea"], []))
        self.assertEqual(self.contact(self.anna, "bea")["verified"], "verified by digits", "Bea's key is what it was")

        # What the old one is sent reaches nobody; the copy of its vault hears nothing either.
        self.assertEqual(self.bea.run("send", "anna", text="to the old one").code, 4, "no mailbox takes it")
        self.settle(self.anna)
        self.assertNotIn("to the old one", self.anna.texts())
        thief = Person.opened(self.folder, "thief")
        thief.key = self.anna.key
        thief.run("sync", "--for", 2)
        self.assertNotIn("to the old one", thief.texts(), "its mailboxes are gone")

        link = self.folder / "anew.link"
        self.anna.do("invite", "bea", "--file", link)
        self.bea.do("contacts", "--remove", "anna", "--yes")
        self.bea.do("accept", link, "--name", "anna anew")
        self.settle(self.anna, self.bea)
        self.settle(self.anna, self.bea)
        digits = self.anna.do("verify", "bea")["digits"]
        self.assertNotEqual(digits, old_digits)
        self.assertEqual(self.contact(self.bea, "anna anew")["verified"], "not verified")
        self.bea.do("verify", "anna anew", "--digits", digits)
        for writer, to, reader in ((self.anna, "bea", self.bea), (self.bea, "anna anew", self.anna)):
            writer.do("send", to, text=f"anew from {writer.name}")
            self.settle(writer, reader)
            self.assertEqual(reader.texts().count(f"anew from {writer.name}"), 1)

    def test_a_restore_that_is_killed_leaves_no_vault_or_one_that_opens(self):
        self.write_copy(self.anna, "backup")
        shutil.rmtree(self.anna.vault)
        for attempt in range(12):
            vault, key = self.folder / f"try {attempt}", self.folder / f"try {attempt}.key"
            restoring = subprocess.Popen([BIN / "tocsin", "--vault", vault, "restore", self.copy, "--json",
                                          "--copy-key-file", self.copy_key, "--make-key-file", key],
                                         env=self.anna.environment(), stdout=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0.0, 0.4))
            restoring.send_signal(signal.SIGKILL)
            restoring.wait()
            if not (vault / "vault.keys").exists():
                continue
            opened = [subprocess.run([BIN / "tocsin", "--vault", vault, "--key-file", each, "--json", "contacts"],
                                     env=self.anna.environment(), capture_output=True, text=True).returncode
                      for each in (self.copy_key, key) if each.exists()]
            self.assertIn(0, opened, f"attempt {attempt}")

    def test_what_cannot_be_meant_has_a_hint(self):
        mine = self.folder / "mine"
        mine.write_text("mine")
        self.assert_has_hint(self.anna.run("backup", mine), 1)
        self.assertEqual(mine.read_text(), "mine")
        self.write_copy(self.anna, "backup")
        self.assert_has_hint(self.bea.run("restore", self.copy, "--copy-key-file", self.copy_key), 1)
        empty = Person.__new__(Person)
        empty.vault, empty.key, empty.faults = self.folder / "empty", self.anna.key, None
        self.assert_has_hint(empty.run("restore", mine, "--copy-key-file", self.copy_key))
        self.assert_has_hint(empty.run("restore", self.copy, "--copy-key-file", self.anna.key), 3)
        self.assert_has_hint(empty.run("restore", self.folder / "gone", "--copy-key-file", self.copy_key), 2)
        self.assertFalse(empty.vault.exists())


if __name__ == "__main__":
    main()
