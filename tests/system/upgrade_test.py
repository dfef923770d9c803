"""tests/system/upgrade_test.py: a relay, two vaults and a backup of every release, in the hands of today's programs.

The clock stands a day after the release was made: cells and alerts of then have not expired.
"""

import json
import subprocess
import tarfile
import time
import unittest

import organisation
import release
from programs import BIN, COMMAND_SECONDS, FAULT_LIBRARY, Faults, Person, Relay, SystemTest, main

DAY = 86_400


@unittest.skipUnless(FAULT_LIBRARY, "needs the fault library, which no sanitizer's build has")
class UpgradeTest(SystemTest):
    # VLT-7.2, VLT-9.1, STO-1.1
    def test_what_a_release_wrote_is_read_and_gone_on_with(self):
        releases = release.all_releases()
        self.assertTrue(releases)
        for archive in releases:
            with self.subTest(release=archive.name):
                self.upgrade(archive)

    def upgrade(self, archive):
        folder = self.folder / archive.name
        with tarfile.open(archive) as packed:
            packed.extractall(folder)
        made = json.loads((folder / "release.json").read_text())["made"]
        faults = Faults(folder, "clock")
        faults.clock_off_by((made + DAY - time.time()) / DAY)

        home = Relay(folder / "relay", faults=faults, at=(release.HOST, release.PORT)).start()
        self.relays.append(home)
        anna, samira = (Person.opened(folder, name, faults) for name in ("anna", "samira"))
        self.people += [anna, samira]
        self.what_waited_arrives(samira)
        self.they_go_on(anna, samira)
        self.the_backup_opens(folder, anna)
        self.assertEqual(home.stop(), 0)

    def what_waited_arrives(self, samira):
        self.settle(samira)
        alerts = organisation.received(samira)
        self.assertEqual([one["verdict"] for one in alerts], ["AUTHENTIC"])
        self.assertIn(release.WAITING, json.dumps(samira.do("alert", "show", alerts[0]["alert"])))
        self.assertEqual(samira.texts().count(release.BEFORE), 1)
        self.assertEqual([one["verified"] for one in samira.do("contacts")["contacts"]], ["verified by digits"])
        samira.do("alert", "ack", alerts[0]["alert"])

    def they_go_on(self, anna, samira):
        for writer, reader in ((samira, anna), (anna, samira)):
            writer.do("send", reader.name, text=f"after the upgrade, from {writer.name}")
            self.settle(writer, reader)
            self.assertEqual(reader.texts().count(f"after the upgrade, from {writer.name}"), 1)
        self.assertEqual([one["state"] for one in anna.do("alert", "list")["drafts"]], ["acknowledged by the person"])
        self.assertEqual((anna.notices(), samira.notices()), ([], []), "an upgrade is no reason for an alarm")

    def the_backup_opens(self, folder, anna):
        vault, key = folder / "restored", folder / "restored.key"
        answer = subprocess.run([BIN / "tocsin", "--vault", vault, "restore", folder / "anna.backup", "--json",
                                 "--copy-key-file", folder / "backup.key", "--make-key-file", key],
                                env=anna.environment(), capture_output=True, text=True, timeout=COMMAND_SECONDS)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        restored = Person.opened(folder, "restored", anna.faults)
        self.assertEqual([(one["name"], one["verified"]) for one in restored.do("contacts")["contacts"]],
                         [("samira", "verified by digits")])


if __name__ == "__main__":
    main()
