#!/usr/bin/env python3
"""A link is a secret: where it can be read while `accept` runs, and how it gets in unseen."""
import json
import os
import pathlib
import signal
import subprocess

from programs import BIN, SystemTest, main, within


class LinkTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.anna = self.person("anna", self.home)
        self.bea = self.person("bea", self.home)
        self.link = self.anna.do("invite", "bea")["link"]

    def test_a_link_is_taken_from_standard_input(self):
        self.assertEqual(self.bea.run("accept", "-", text="no link\n").json["code"], "bad_link")
        self.bea.do("accept", "-", "--name", "anna", text=f"{self.link}\n")
        self.settle(self.anna, self.bea)
        self.anna.do("send", "bea", text="hello")
        self.bea.do("sync")
        self.assertEqual(self.bea.texts(), ["hello"])

    def test_a_new_vaults_recovery_words_are_told_with_the_answer(self):
        words = self.folder / "passphrase"
        words.write_text("a passphrase for this test only\n")
        new = [str(BIN / "tocsin"), "--vault", str(self.folder / "new"), "--passphrase-file",
               str(words), "--json", "accept"]
        refused = subprocess.run([*new, "tocsin:AAAA"], capture_output=True, text=True, timeout=60)
        self.assertEqual(json.loads(refused.stdout)["code"], "bad_link")
        self.assertFalse((self.folder / "new" / "vault.keys").exists(), "no vault for nothing")
        done = subprocess.run([*new, self.link, "--name", "anna"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = json.loads(done.stdout)["new_vault"]["recovery_words"]
        self.assertEqual(len(told.split()), 7)

    def test_the_list_of_processes_does_not_show_it(self):
        os.kill(self.home.process.pid, signal.SIGSTOP)  # so that the command stands for a while
        try:
            command = self.bea.start("accept", self.link, "--name", "anna")
            line = pathlib.Path(f"/proc/{command.pid}/cmdline")
            secret = self.link.removeprefix("tocsin:").encode()
            self.assertTrue(within(5, lambda: b"tocsin:xxxx" in line.read_bytes()),
                            line.read_bytes())
            self.assertNotIn(secret, line.read_bytes())
        finally:
            os.kill(self.home.process.pid, signal.SIGCONT)
        self.assertEqual(self.bea.finish(command).code, 0)


if __name__ == "__main__":
    main()
