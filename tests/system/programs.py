"""tests/system/programs.py: the real tocsin-relay and tocsin as child processes, for the tests here.

Shape:   Relay (start, kill, start again at the same port), Person (one vault: commands, daemon),
         Answer (one command's exit code, output, error and hint)
Faults:  the library of fault_library.cc, put into a child: see Faults
Waiting: on conditions with a bound; within() is the only place that sleeps
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["TOCSIN_BIN"])
FAULT_LIBRARY = os.environ.get("TOCSIN_FAULT_LIBRARY", "")
# One seed for a whole run; printed with every failure, so that it can be run again.
SEED = int(os.environ.get("TOCSIN_SEED", random.SystemRandom().randrange(2**32)))
COMMAND_SECONDS = 120  # no command may take longer


def within(seconds, holds, every=0.02):
    """Asks until it holds or the time is over; what it answered last."""
    end = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer or time.monotonic() >= end:
            return answer
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Faults:
    """What the fault library does to a process, steered from outside through files."""

    def __init__(self, folder, name):
        self.full_file = folder / f"{name}.full"  # while it is there, the disk is full
        self.stall_file = folder / f"{name}.stall"  # while it is there, writes to a WAL wait
        self.clock_file = folder / f"{name}.clock"  # seconds added to the wall clock

    def environment(self):
        return {"LD_PRELOAD": FAULT_LIBRARY, "TOCSIN_TEST_FULL": str(self.full_file),
                "TOCSIN_TEST_STALL": str(self.stall_file), "TOCSIN_TEST_CLOCK": str(self.clock_file)}

    def clock_off_by(self, days):
        self.clock_file.write_text(str(round(days * 86_400)))


class Answer:
    """What one command said. Every failure must name its reason and what to do."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err
        self.json = None
        if "--json" in arguments and out.strip():
            try:
                self.json = json.loads(out)
            except ValueError:
                pass  # killed half-way through, or not JSON: has_hint() tells

    def was_killed(self):
        return self.code == -signal.SIGKILL

    def said(self):
        return (self.json or {}).get("error") or self.err

    def hint(self):
        # After a whole answer was printed, what then went wrong stands on standard error.
        return (self.json or {}).get("hint") or self.err.partition("hint:")[2].strip()

    def has_hint(self):
        return bool(self.said()) and bool(self.hint())

    def __repr__(self):
        return f"tocsin {' '.join(self.arguments)} -> {self.code}\n{self.out}{self.err}(seed {SEED})"


class Relay:
    def __init__(self, folder, extra_config="", faults=None, at=None):
        """`at`: host and port; a folder with state in it is taken as it is."""
        self.folder, self.faults, self.process, self.address = folder, faults, None, None
        self.config = folder / "relay.toml"
        self.state = folder / "state"
        if not self.state.exists():
            folder.mkdir(parents=True)
            subprocess.run([BIN / "tocsin-relay", "init", "--config", self.config, "--directory",
                            self.state, "--listen", "127.0.0.1:0"], check=True, capture_output=True)
        self.host, self.port = at or ("127.0.0.1", free_port())
        # Less work than a real relay asks: these tests are not about work.
        self.config.write_text(f'listen = "{self.host}:{self.port}"\ndirectory = "{self.state}"\n'
                               f"work_bits = 0\n{extra_config}")

    def start(self):
        environment = dict(os.environ)
        if self.faults:
            environment.update(self.faults.environment())
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "tocsin-relay", "run", "--config", self.config], stdout=subprocess.PIPE,
                stderr=log, env=environment)
        self.address = self.process.stdout.readline().decode().strip()
        assert self.address.startswith("tocsin-relay:"), self.log()
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        return (self.folder / "log").read_text()

    def command(self, *arguments):
        return subprocess.run([BIN / "tocsin-relay", *arguments, "--config", self.config],
                              capture_output=True, text=True, timeout=COMMAND_SECONDS)


class Person:
    """One vault, opened by a key file, and what its owner types."""

    def __init__(self, folder, name, relay=None, faults=None):
        self.place(folder, name, faults)
        options = ["--relay", relay.address] if relay else []
        made = subprocess.run([BIN / "tocsin", "--vault", self.vault, "init", "--make-key-file",
                               self.key, *options], env=self.environment(), capture_output=True,
                              text=True, timeout=COMMAND_SECONDS)
        assert made.returncode == 0, made.stdout + made.stderr

    def place(self, folder, name, faults):
        self.folder, self.name, self.faults, self.daemon = folder, name, faults, None
        self.vault, self.key = folder / name, folder / f"{name}.key"

    @classmethod
    def opened(cls, folder, name, faults=None):
        """Whose vault lies there already."""
        person = cls.__new__(cls)
        person.place(folder, name, faults)
        return person

    def environment(self):
        environment = {name: value for name, value in os.environ.items()
                       if name != "XDG_RUNTIME_DIR"}  # its socket then lies in the vault's folder
        environment["LC_ALL"] = "C.UTF-8"
        if self.faults:
            environment.update(self.faults.environment())
        return environment

    def line(self, *arguments):
        return [str(BIN / "tocsin"), "--vault", str(self.vault), "--key-file", str(self.key),
                "--json", *map(str, arguments)]

    def start(self, *arguments, text=""):
        """A command that goes on while the test does something else; finish() ends it."""
        process = subprocess.Popen(self.line(*arguments), stdin=subprocess.PIPE, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        process.stdin.write(text)
        process.stdin.close()
        process.stdin = None
        return process

    @staticmethod
    def finish(process):
        out, err = process.communicate(timeout=COMMAND_SECONDS)
        return Answer(process.args[5:], process.returncode, out, err)

    def run(self, *arguments, text=""):
        return self.finish(self.start(*arguments, text=text))

    def do(self, *arguments, text=""):
        """A command that has to succeed; its JSON."""
        answer = self.run(*arguments, text=text)
        assert answer.code == 0 and answer.json is not None, repr(answer)
        return answer.json

    def start_daemon(self):
        self.daemon = self.start("run", "--no-notify")
        assert within(10, lambda: (self.vault / "run.sock").exists()), "tocsin run has no socket"
        # A socket left by a killed owner looks the same: wait until somebody answers.
        assert within(10, self.daemon_answers), "tocsin run does not answer"

    def daemon_answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.vault / "run.sock"))
                return True
            except OSError:
                return False

    def kill_daemon(self):
        self.daemon.kill()
        self.daemon.communicate()
        self.daemon = None

    def stop_daemon(self):
        self.daemon.terminate()
        answer = self.finish(self.daemon)
        self.daemon = None
        return answer

    def texts(self):
        """Every text that ever arrived, once each time it is shown."""
        return [item["text"] for item in self.do("inbox", "--all")["messages"]]

    def notices(self):
        return self.do("doctor")["notices"]


class SystemTest(unittest.TestCase):
    """A folder of its own, and no process left behind."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-"))
        self.random = random.Random(f"{SEED}/{self.id()}")
        self.relays, self.people = [], []

    def tearDown(self):
        for person in self.people:
            if person.daemon:
                person.kill_daemon()
        for relay in self.relays:
            if relay.is_running():
                relay.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def relay(self, name="relay", **options):
        relay = Relay(self.folder / name, **options).start()
        self.relays.append(relay)
        return relay

    def person(self, name, relay=None, **options):
        person = Person(self.folder, name, relay, **options)
        self.people.append(person)
        return person

    def pair(self, inviter, guest):
        """They know each other by the names of their vaults, and have heard each other."""
        link = self.folder / f"{inviter.name}-{guest.name}.link"
        inviter.do("invite", guest.name, "--file", link)
        guest.do("accept", link, "--name", inviter.name)
        self.settle(inviter, guest)

    def settle(self, *people, rounds=8):
        """Until nobody has anything left to send."""
        for _ in range(rounds):
            if all(person.run("sync", "--for", 1).code == 0 for person in people):
                return
        self.fail(f"messages still wait after {rounds} rounds (seed {SEED})")

    def assert_has_hint(self, answer, code=None):
        self.assertNotEqual(answer.code, 0, repr(answer))
        self.assertGreater(answer.code, 0, f"ended by a signal: {answer!r}")
        self.assertTrue(answer.has_hint(), repr(answer))
        if code is not None:
            self.assertEqual(answer.code, code, repr(answer))


def main():
    print(f"seed {SEED} (again: TOCSIN_SEED={SEED})", flush=True)
    unittest.main(verbosity=2)
