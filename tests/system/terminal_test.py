"""What a person sees, or cannot see, at the terminal: what could not be shown stays unread, a prompt that is broken off
leaves the terminal as it was, files are neither mistaken for a vault nor written over."""

import json
import os
import pty
import signal
import subprocess
import termios
import unittest

from programs import BIN, SystemTest, main, within


class TerminalTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.anna = self.person("anna", self.home)

    def told(self, *arguments, **options):
        """A command without --json; its exit code and what it said on standard error."""
        line = [each for each in self.anna.line(*arguments) if each != "--json"]
        done = subprocess.run(line, env=self.anna.environment(), stderr=subprocess.PIPE, timeout=60,
                              **{"stdout": subprocess.DEVNULL, **options})
        return done.returncode, done.stderr.decode()

    def assert_only_what_is_shown_is_read(self, bea):
        bea.do("send", "anna", text="read me")
        self.settle(bea, self.anna)
        with open("/dev/full", "wb") as full:
            code, said = self.told("inbox", stdout=full)
        self.assertEqual(code, 1)
        self.assertIn("could not be written", said)
        shown = [one["text"] for one in self.anna.do("inbox")["messages"]]
        self.assertEqual(shown, ["read me"], "it was counted as read")
        self.assertEqual(self.anna.do("inbox")["messages"], [], "it was shown, and stayed unread")

    def test_what_could_not_be_shown_stays_unread(self):
        bea = self.person("bea", None)
        self.pair(self.anna, bea)
        self.assert_only_what_is_shown_is_read(bea)
        self.anna.start_daemon()
        self.assert_only_what_is_shown_is_read(bea)
        self.assertEqual(self.anna.stop_daemon().code, 0)

    def test_a_reader_that_goes_away_is_told_of(self):
        read, write = os.pipe()
        os.close(read)
        code, said = self.told("contacts", stdout=write)
        os.close(write)
        self.assertEqual(code, 1)
        self.assertIn("could not be written", said)

    def test_a_signal_that_is_ignored_breaks_nothing_off(self):
        ours, theirs = pty.openpty()
        asking = subprocess.Popen([BIN / "tocsin", "--vault", str(self.anna.vault), "contacts"],
                                  stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
                                  env=self.anna.environment(),
                                  preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.assertTrue(within(30, lambda: not termios.tcgetattr(ours)[3] & termios.ECHO))
        asking.send_signal(signal.SIGHUP)
        os.write(ours, b"not the passphrase\n")
        self.assertEqual(asking.wait(60), 3, "it did not wait for the passphrase")
        os.close(ours)
        os.close(theirs)

    def test_a_prompt_that_is_broken_off_leaves_the_echo_on(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            ours, theirs = pty.openpty()
            asking = subprocess.Popen([BIN / "tocsin", "--vault", str(self.anna.vault), "contacts"],
                                      stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
                                      env=self.anna.environment())
            def echoes():
                return bool(termios.tcgetattr(ours)[3] & termios.ECHO)
            self.assertTrue(within(30, lambda: not echoes()), "it never asked")
            asking.send_signal(number)
            self.assertEqual(asking.wait(30), -number)
            self.assertTrue(echoes(), "the terminal shows nothing that is typed any more")
            os.close(ours)
            os.close(theirs)

    def test_a_missing_file_is_not_a_missing_vault(self):
        code, said = self.told("accept", str(self.folder / "gone"))
        self.assertEqual(code, 2)
        self.assertIn("not there", said)
        self.assertNotIn("vault", said)
        self.assertEqual(self.told("contacts", "--key-file", str(self.folder / "gone"))[0], 2)

    def asked(self, *arguments, typed):
        """A command at a terminal, with what is typed there; its exit code and all that was shown."""
        ours, theirs = pty.openpty()
        line = [each for each in self.anna.line(*arguments) if each != "--json"]
        with subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, env=self.anna.environment()) as asking:
            os.close(theirs)
            os.write(ours, typed.encode())
            shown = b""
            while True:
                try:
                    part = os.read(ours, 4096)
                except OSError:  # the other side is closed
                    break
                shown += part
        os.close(ours)
        return asking.returncode, shown.decode()

    def test_only_a_plain_no_is_an_alarm(self):
        bea = self.person("bea", None)
        self.pair(self.anna, bea)
        for typed in ("\n\n\n", "tocsin-safety\nnope\n\n", "\x04\x04\x04", "1234\n99\n\n"):
            code, shown = self.asked("verify", "bea", typed=typed)
            self.assertEqual(code, 1, shown)
            self.assertIn("nothing was decided", shown)
        self.assertEqual(self.asked("verify", "bea", typed="no\n")[0], 5)
        self.assertEqual(self.asked("verify", "bea", typed="1" * 60 + "\n")[0], 5)
        self.assertEqual(self.anna.do("contacts")["contacts"][0]["verified"], "not verified")
        code, shown = self.asked("verify", "bea", typed="\nyes\n")
        self.assertEqual(code, 0, shown)
        self.assertEqual(self.anna.do("contacts")["contacts"][0]["verified"], "verified by digits")

    def test_a_prompt_without_a_terminal_says_what_to_give(self):
        line = [each for each in self.anna.line("contacts") if each != "--json"]
        bare = [each for each in line if each not in ("--key-file", str(self.anna.key))]
        done = subprocess.run(bare, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--passphrase-file", done.stderr)

    def test_a_short_passphrase_and_an_unknown_language_are_refused(self):
        short = self.folder / "short"
        short.write_text("a\n")
        vault = self.folder / "weak"
        done = subprocess.run([BIN / "tocsin", "--vault", vault, "init", "--passphrase-file", short],
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"too short", done.stderr)
        self.assertFalse((vault / "vault.keys").exists())
        code, said = self.told("contacts", "--lang", "de")
        self.assertEqual(code, 2)
        self.assertIn("not in the catalogue", said)

    def test_an_invitation_overwrites_no_file(self):
        for option in ("--file", "--qr-file"):
            mine = self.folder / "mine"
            mine.write_text("mine")
            before = self.anna.do("contacts")["contacts"]
            self.assertEqual(self.told("invite", "Bea", option, str(mine))[0], 1)
            self.assertEqual(mine.read_text(), "mine")
            self.assertEqual(self.anna.do("contacts")["contacts"], before)

    def test_a_contact_is_forgotten_when_the_person_says_so(self):
        bea = self.person("bea", None)
        self.pair(self.anna, bea)
        self.assertEqual(self.told("contacts", "--remove", "bea", stdin=subprocess.DEVNULL)[0], 2)
        self.assertEqual(len(self.anna.do("contacts")["contacts"]), 1)
        self.assertEqual(self.anna.do("contacts", "--remove", "bea", "--yes")["contacts"], [])
        self.settle(self.anna)
        def mailboxes():
            rows = self.home.command("stored").stdout.splitlines()
            return sum("mailbox" in json.loads(row) for row in rows)
        self.assertTrue(within(20, lambda: mailboxes() == 1), "the relay keeps Bea's own, none of Anna's")

    def test_somebody_invited_right_after_a_removal_is_heard(self):
        bea, cleo = self.person("bea", None), self.person("cleo", None)
        self.pair(self.anna, bea)
        self.anna.start_daemon()
        self.assertTrue(within(10, self.anna.daemon_answers))
        link = self.folder / "cleo.link"
        self.anna.do("contacts", "--remove", "bea", "--yes")
        self.anna.do("invite", "cleo", "--file", link)
        cleo.do("accept", link, "--name", "anna")
        cleo.run("send", "anna", text="do you hear me?")
        self.assertTrue(within(40, lambda: "do you hear me?" in self.anna.texts(), every=0.5))
        self.assertEqual(self.anna.stop_daemon().code, 0)

    def test_what_was_typed_wrong_commands_no_terminal(self):
        code, said = self.told("contacts", "--gone\x1b[2J\u009b")
        self.assertEqual(code, 2)
        self.assertNotIn("\x1b", said)
        self.assertNotIn("\u009b", said)


if __name__ == "__main__":
    main()
