"""At rest and in memory: what people wrote, whom they know and what opens their vault is planted as
canaries and looked for afterwards, in every file and in the memory of the running programs. A file
and a process that do hold it are found by the same scan."""

import os
import sqlite3
import subprocess
import sys
import unittest

import organisation
from programs import BIN, FAULT_LIBRARY, SystemTest, main, within


def count_in_files(folder, needle):
    """Where the needle stands in any file below, by path."""
    return [str(path) for path in sorted(folder.rglob("*"))
            if path.is_file() and needle in path.read_bytes()]


def count_in_memory(pid, needle):
    """How often the needle stands in writable memory of a process; stacks too."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw") or "[v" in line:
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            memory.seek(begin)
            try:
                found += memory.read(end - begin).count(needle)
            except OSError:
                continue  # guard pages, and pages never touched
    return found


def count_at_rest(pid, needle):
    """The least of several looks: an answer that is just being given or wiped is no finding."""
    looks = []
    within(5, lambda: looks.append(count_in_memory(pid, needle)) or len(looks) == 10, every=0.1)
    return min(looks)


def may_read_memory():
    """The programs forbid their own user to read their memory; root may, where it is root."""
    return os.geteuid() == 0


class CanaryTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.lab, self.colleague, self.target = (
            self.person(name, self.home) for name in ("lab", "colleague", "target"))
        self.text = "canary of a text 7f3a91"
        self.alert = "canary of an alert 22c4d0"
        self.petname = "canary of a name 5be6"

    def test_no_file_holds_a_canary(self):
        passphrase = "canary of a passphrase 90dd12"
        secret = self.folder / "passphrase"
        secret.write_text(passphrase + "\n")
        vault = self.folder / "by-passphrase"
        made = subprocess.run([BIN / "tocsin", "--vault", vault, "--passphrase-file", secret, "init",
                               "--relay", self.home.address], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)

        self.pair(self.lab, self.colleague)
        self.pair(self.lab, self.target)
        self.target.do("contacts", "--rename", "lab", "--name", self.petname)
        organisation.found(self, self.lab, self.colleague, self.target)
        organisation.send_alert(self, self.lab, self.colleague, self.target, self.alert)
        self.lab.do("send", "target", text=self.text)
        at_relay = self.everything_in(self.home.folder)
        self.settle(self.target)
        self.assertIn(self.text, self.target.texts())
        number = organisation.received(self.target)[-1]["alert"]
        self.assertIn(self.alert, self.target.do("alert", "show", number)["page"])
        # With a log beside the vault, and after closing it.
        self.target.start_daemon()
        self.target.do("send", self.petname, text=self.text)
        while_open = self.everything_in(self.target.vault)
        self.target.stop_daemon()
        self.assertEqual(self.home.stop(), 0)

        needles = [self.text, self.alert, self.petname, passphrase, organisation.NAME,
                   organisation.CASE, "colleague", "target"]
        folders = [self.home.folder, vault] + [person.vault for person in self.people]
        for needle in [each.encode() for each in needles] + [
                person.key.read_bytes() for person in self.people]:
            for folder in folders:
                self.assertEqual(count_in_files(folder, needle), [], needle)
            self.assertNotIn(needle, at_relay)
            self.assertNotIn(needle, while_open)

    @staticmethod
    def everything_in(folder):
        return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())

    def test_the_scan_of_files_finds_a_database_without_encryption(self):
        folder = self.folder / "control"
        folder.mkdir()
        database = sqlite3.connect(folder / "plain.db")
        database.execute("CREATE TABLE message (body TEXT)")
        database.execute("INSERT INTO message VALUES (?)", (self.text,))
        database.commit()
        database.close()
        self.assertEqual(count_in_files(folder, self.text.encode()), [str(folder / "plain.db")])

    @unittest.skipUnless(may_read_memory(), "only root may read the memory of these programs")
    def test_the_scan_of_memory_finds_a_process_that_keeps_it(self):
        control = subprocess.Popen(
            [sys.executable, "-c", "import sys; kept = bytearray(sys.stdin.buffer.readline());"
             "print('ready', flush=True); sys.stdin.buffer.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        control.stdin.write(self.text.encode() + b"\n")
        control.stdin.flush()
        control.stdout.readline()
        self.assertGreater(count_in_memory(control.pid, self.text.encode()), 0)
        control.communicate()

    @unittest.skipUnless(may_read_memory(), "only root may read the memory of these programs")
    @unittest.skipUnless(FAULT_LIBRARY, "a sanitizer keeps what was freed, and shadows terabytes")
    def test_the_memory_of_the_programs_after_use(self):
        self.pair(self.lab, self.target)
        self.target.start_daemon()
        self.lab.start_daemon()
        text, name = self.text.encode(), self.petname.encode()
        self.lab.do("send", "target", text=self.text)
        self.assertTrue(within(20, lambda: self.text in self.target.texts(), every=0.2))
        self.target.do("contacts", "--rename", "lab", "--name", self.petname)
        # The relay has moved it and never had it.
        self.assertEqual(count_in_memory(self.home.process.pid, text), 0)
        self.assertEqual(count_in_memory(self.home.process.pid, name), 0)
        for person in (self.lab, self.target):
            # What opened the vault is gone as soon as it is open.
            self.assertEqual(count_in_memory(person.daemon.pid, person.key.read_bytes()), 0)
        # What was read and sent is in the vault's pages, which SQLCipher keeps decrypted while the
        # vault is open; nothing may stand anywhere else, and the answers to commands are wiped.
        held = count_at_rest(self.target.daemon.pid, text)
        for _ in range(20):
            self.target.texts()
        again = count_at_rest(self.target.daemon.pid, text)
        print(f"an open vault holds a text {held} times, after 20 more readings {again}", flush=True)
        self.assertLessEqual(again, held, "every reading leaves a copy")


if __name__ == "__main__":
    main()
