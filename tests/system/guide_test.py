"""tests/system/guide_test.py: `tocsin` without a command, driven at a terminal as a person drives it.

The relay, the responders and their organisation are those of flows_test.py; the person is new.
"""

import os
import pty
import re
import select
import subprocess
import time
import unittest

import flows_test as flows
from programs import BIN, Person, within

SECONDS = 90  # Argon2id twice on a busy machine
WORDS = re.compile(r"\n  ((?:[a-z]{5} ){6}[a-z]{5})\r?\n")

setUpModule = flows.setUpModule


class Dialogue:
    """A `tocsin` at a terminal of its own: what it says, and what is typed."""

    def __init__(self, *arguments, **more):
        self.ours, theirs = pty.openpty()
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("XDG_RUNTIME_DIR", "LANG", "LC_MESSAGES")}
        self.process = subprocess.Popen([BIN / "tocsin", *map(str, arguments)], stdin=theirs, stdout=theirs,
                                        stderr=theirs, env={**environment, "LC_ALL": "C", **more})
        os.close(theirs)
        self.said, self.heard = "", 0  # everything so far; up to where it was waited for

    def listen(self, seconds):
        if not select.select([self.ours], [], [], seconds)[0]:
            return True
        try:
            got = os.read(self.ours, 65536)
        except OSError:
            got = b""
        self.said += got.decode(errors="replace")
        return bool(got)

    def until(self, text):
        """Everything said from the last one on, up to this text."""
        end = time.monotonic() + SECONDS
        while (at := self.said.find(text, self.heard)) < 0:
            assert time.monotonic() < end and self.listen(0.1), f"never said: {text}\n{self.said}"
        passage = self.said[self.heard:at]
        self.heard = at + len(text)
        return passage

    def type(self, line=""):
        os.write(self.ours, f"{line}\n".encode())

    def answer(self, question, line=""):
        passage = self.until(question)
        self.type(line)
        return passage

    def choose(self, number):
        self.answer("Type a number and press Enter:", str(number))

    def ends(self):
        while self.listen(0.1):
            if self.process.poll() is not None and not select.select([self.ours], [], [], 0)[0]:
                break
        os.close(self.ours)
        return self.process.wait(SECONDS)


READ, AGAIN, WRITE, ACCEPT, VERIFY, CONFIRM, HELP, LEAVE = range(1, 9)
YES, NO = 1, 2


class GuidedPerson(unittest.TestCase):
    """Nadia, who reads Arabic, has a new laptop and an invitation."""

    def begin(self, vault, invitation):
        talk = Dialogue("--vault", vault)
        self.assertIn("العربية", talk.until("Type a number and press Enter:"))
        talk.type("٢")  # the second language, on an Arabic keyboard
        talk.until("يجلب لك هذا البرنامج")
        talk.until("[Use this program only on a device that you do not suspect.]")
        talk.answer("[Press Enter to go on.]")
        talk.answer("type the name of its file:]", "tocsin:not-an-invitation")
        talk.until("[This is not an invitation, or a part of it is missing.]")
        talk.answer("type the name of its file:]", invitation)
        talk.answer("or press Enter and one is made for you:]")
        self.passphrase = talk.answer("[Press Enter to go on.]").rpartition("\u2068")[2].partition("\u2069")[0]
        self.assertEqual(len(self.passphrase.split()), 7)
        talk.until("[These are your recovery words.")
        words = WORDS.search(talk.answer("[Press Enter to go on.]"))[1].split()
        talk.answer("[Type recovery word number \u20682\u2069:]", "another")
        talk.answer("[This is not that word. Please look at your paper again.]", words[1])
        talk.answer("[Type recovery word number \u20685\u2069:]", words[4])
        talk.answer("[What do you want to call this person?]", "Anna")
        talk.until("is accepted. You can now write to \u2068Anna\u2069.]")
        return talk

    def compare_digits(self, talk):
        talk.choose(VERIFY)
        digits = "".join(re.findall(r"\b\d{5}\b", talk.until("Are all digits the same")))
        self.assertEqual(digits, flows.anna("verify", "Nadia")["digits"])
        talk.choose(YES)
        talk.until("[\u2068Anna\u2069 is verified.]")

    def confirm_organisation(self, talk):
        words = flows.bea("org", "show")["organisations"][0]["words"]
        for said, answer in (("seven words that are not those at all", "[These are not its words."),
                             (words, "Its alerts can now be shown as authentic.")):
            talk.choose(CONFIRM)
            talk.choose(1)
            talk.answer("[Type the words that you hear:]", said)
            talk.until(answer)

    def alert_for_nadia(self):
        number = flows.cosigned(flows.anna("alert", "draft", "Nadia", "--org", "Clear Line", "--details",
                                           flows.folder / "case.toml", text="Keep the phone as it is.")["alert"])
        flows.anna("alert", "send", number)
        return number

    def read_alert(self, talk, number):
        """First she says that it is the phone itself she reads on: then it is not shown."""
        def state():
            return flows.anna.draft(number)["state"]
        flows.until(lambda: state() == "on the device", "the receipt")
        talk.choose(READ)
        talk.until("[An alert is waiting for you from \u2068Anna\u2069. Please read it now.]")
        talk.until("[Are you reading this on the device that may be affected?]")
        talk.choose(YES)
        self.assertNotIn("INFECTED", talk.until("[Then do not read the alert here."))
        self.assertEqual(state(), "on the device")
        talk.choose(READ)
        talk.until("[Are you reading this on the device that may be affected?]")
        talk.choose(NO)
        page = talk.until("[Tell them that you have read and understood it?]")
        self.assertIn("أصيل", page)
        self.assertIn("Keep the phone as it is.", page)
        self.assertIn("We will never ask you to install", page)
        talk.choose(YES)
        talk.until("[Do you want to write an answer?]")
        talk.choose(YES)
        talk.answer("[Write your answer (an empty line ends it):]", "It is in the kitchen.")
        talk.type()
        talk.until("[Saved.")
        flows.until(lambda: state() == "acknowledged by the person", "the acknowledgement")
        flows.until(lambda: "It is in the kitchen." in [one["text"] for one in flows.anna("inbox")["messages"]],
                    "the answer")

    def leave(self, talk):
        talk.choose(LEAVE)
        talk.until("[Your data is locked.]")
        self.assertEqual(talk.ends(), 0)

    # PHR-8.1, PHR-8.3, PHR-8.4
    def test_the_main_job_without_a_command_to_remember(self):
        vault = flows.folder / "nadia"
        talk = self.begin(vault, flows.anna("invite", "Nadia")["link"])
        flows.until(lambda: [one for one in flows.anna("contacts")["contacts"]
                             if one["name"] == "Nadia" and one["connected"]], "Nadia is paired")
        self.compare_digits(talk)
        flows.anna("org", "offer", "Clear Line", "Nadia")
        time.sleep(2)  # the charter arrives while she looks at the menu
        self.confirm_organisation(talk)
        self.read_alert(talk, self.alert_for_nadia())
        talk.choose(HELP)
        talk.until("We will never ask you to install, click or send a code.")
        self.leave(talk)
        self.come_again(vault)

    def come_again(self, vault):
        talk = Dialogue("--vault", vault)
        talk.answer("Your passphrase:", "not it")
        talk.until("This passphrase does not open your data.")
        talk.answer("Your passphrase:", self.passphrase)
        talk.until("[Your data is open.]")  # in the language she chose
        talk.choose("9")
        talk.answer("[Please type a number from 1 to \u20688\u2069.]", str(AGAIN))
        talk.until("[Which alert?]")
        talk.choose(1)
        self.assertIn("أصيل", talk.until("[We will never ask you to install"))
        self.leave(talk)


class GuideBesideARunningOwner(unittest.TestCase):
    def test_it_asks_the_owner_and_no_passphrase(self):
        flows.anna("send", "Samira", text="Are you well?")
        within(20, lambda: flows.samira("sync")["unread"] == 1, every=0.2)
        talk = Dialogue("--vault", flows.samira.vault)
        talk.until("New messages: \u20681\u2069.")
        talk.choose(READ)
        talk.until("Are you well?")
        talk.until("Do you want to write an answer?")
        talk.choose(NO)
        talk.choose(LEAVE)
        self.assertEqual(talk.ends(), 0)
        self.assertTrue(flows.samira.daemon_answers(), "the owner goes on")
        self.assertEqual(flows.samira("inbox")["messages"], [], "what was shown counts as read")


class NoTerminal(unittest.TestCase):
    def test_without_a_terminal_it_is_a_usage_error(self):
        done = subprocess.run([BIN / "tocsin", "--vault", flows.folder / "nobody"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("hint:  tocsin --help", done.stderr)
        self.assertFalse((flows.folder / "nobody").exists())

    # PHR-8.5
    def test_input_that_ends_leaves_a_locked_vault(self):
        person = Person(flows.folder, "sudden")
        talk = Dialogue("--vault", person.vault, "--key-file", person.key)
        talk.until("Type a number and press Enter:")
        os.write(talk.ours, b"\x04")
        talk.until("Your data is locked.")
        self.assertEqual(talk.ends(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
