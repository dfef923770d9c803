#!/usr/bin/env python3
"""tests/nightly/onion_test.py: the relay as an onion service, in a Tor network of its own on loopback.

Three directory authorities, four relays, one Tor for the service, one for each client: nothing leaves this machine. The
service's torrc is the recipe of deploy/operator-guide.md, its ports and folder replaced. Two people pair through it, an
alert is co-signed, arrives, and is answered. Takes about two minutes.

Usage: tests/nightly/onion_test.py [-v]        needs Debian's tor and a built tree (TOCSIN_BIN, else build/dev/bin)
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TOCSIN_BIN", str(ROOT / "build/dev/bin"))
sys.path.insert(0, str(ROOT / "tests/system"))
sys.dont_write_bytecode = True

import organisation  # noqa: E402
from programs import Person, SystemTest, free_port, main, within  # noqa: E402

AUTHORITIES, RELAYS = 3, 4
SECONDS_TO_BOOTSTRAP, SECONDS_TO_PUBLISH = 180, 120
COMMON = """TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.25
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
V3AuthNIntervalsValid 2
"""
VOTING = """AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
TestingV3AuthInitialVotingInterval 20
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
"""


class Tor:
    """One process, its folder and its torrc."""

    def __init__(self, folder, name, lines):
        self.folder, self.process = folder / name, None
        self.folder.mkdir(mode=0o700)
        self.torrc = self.folder / "torrc"
        self.torrc.write_text(f"DataDirectory {self.folder}\nNickname {name}\nContactInfo none\n" + COMMON + lines)

    def start(self, directory=""):
        with open(self.torrc, "a") as torrc:
            torrc.write(directory)
        with open(self.folder / "out", "wb") as out:
            self.process = subprocess.Popen(["tor", "-f", self.torrc], stdout=out, stderr=out)
        return self

    def output(self):
        return (self.folder / "out").read_text(errors="replace")

    def is_ready(self):
        return "Bootstrapped 100%" in self.output()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class ThroughTor(Person):
    """What is done is at the relay already, or kept until a circuit stands."""

    def do(self, *arguments, text=""):
        answer = self.run(*arguments, text=text)
        assert answer.code in (0, 4) and answer.json is not None, repr(answer)
        return answer.json


def new_authority(folder, name):
    """Its own Tor, and the line by which all others know it."""
    relay_port, directory_port = free_port(), free_port()
    tor = Tor(folder, name, f"Address 127.0.0.1\nSocksPort 0\nOrPort 127.0.0.1:{relay_port}\n"
                            f"DirPort 127.0.0.1:{directory_port}\n" + VOTING)
    keys = tor.folder / "keys"
    keys.mkdir(mode=0o700)
    subprocess.run(["tor-gencert", "--create-identity-key", "-m", "12", "-a", f"127.0.0.1:{directory_port}",
                    "-i", keys / "authority_identity_key", "-s", keys / "authority_signing_key",
                    "-c", keys / "authority_certificate", "--passphrase-fd", "0"],
                   input=b"only for a minute\n", check=True, capture_output=True)
    [identity] = re.findall(r"^fingerprint (\w+)$", (keys / "authority_certificate").read_text(), re.MULTILINE)
    nobody = "nobody orport=1 v3ident=" + "A" * 40 + " 127.0.0.1:1 " + "B" * 40  # it wants one before it tells its own
    listed = subprocess.run(["tor", "-f", tor.torrc, "--DirAuthority", nobody,
                             "--list-fingerprint", "--quiet"], check=True, capture_output=True, text=True).stdout
    fingerprint = "".join(listed.split()[1:])
    return tor, (f"DirAuthority {name} orport={relay_port} no-v2 v3ident={identity} "
                 f"127.0.0.1:{directory_port} {fingerprint}\n")


def recipe(folder, port):
    """The operator's guide is what is tested."""
    guide = (ROOT / "deploy/operator-guide.md").read_text()
    [lines] = re.findall(r"^```\n(HiddenServiceDir .*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert "127.0.0.1:7700" in lines and "/var/lib/tor/tocsin" in lines, lines
    return lines.replace("127.0.0.1:7700", f"127.0.0.1:{port}").replace("/var/lib/tor/tocsin", str(folder))


@unittest.skipUnless(shutil.which("tor") and shutil.which("tor-gencert"), "Debian's package tor is not installed")
class OnionService(SystemTest):
    def setUp(self):
        super().setUp()
        self.tors = []

    def tearDown(self):
        for tor in self.tors:
            tor.stop()
        super().tearDown()

    def begin(self, name, lines):
        self.tors.append(Tor(self.folder, name, lines).start(self.directory))
        return self.tors[-1]

    def client(self, name):
        port = free_port()
        self.begin(name, f"SocksPort 127.0.0.1:{port}\n")
        return f"127.0.0.1:{port}"

    def start_network(self):
        made = [new_authority(self.folder, f"authority{i}") for i in range(AUTHORITIES)]
        self.directory = "".join(line for _, line in made)
        self.tors = [tor.start(self.directory) for tor, _ in made]
        for i in range(RELAYS):
            self.begin(f"relay{i}", f"Address 127.0.0.1\nSocksPort 0\nOrPort 127.0.0.1:{free_port()}\n")

    def start_service(self):
        """The relay, with its onion name in its address."""
        relay = self.relay()
        onion = self.folder / "onion"
        self.begin("service", "SocksPort 0\n" + recipe(onion, relay.port))
        self.assertTrue(within(20, lambda: (onion / "hostname").exists()), self.tors[-1].output())
        name = (onion / "hostname").read_text().strip()
        relay.stop()
        with open(relay.config, "a") as config:
            config.write(f'public = "{name}:7700"\n')
        relay.start()
        self.assertIn(name, relay.address)
        return relay

    def settle(self, *people, rounds=20):
        """Circuits take their time: each reads for a while, and goes on until nobody has anything left to send."""
        for _ in range(rounds):
            if all([person.run("sync", "--for", 8).code == 0 for person in people]):
                return
        self.fail(f"messages still wait after {rounds} rounds")

    def wait_until_ready(self, what, torches, seconds):
        waiting = within(seconds, lambda: all(tor.is_ready() for tor in torches), every=1)
        self.assertTrue(waiting, f"{what}: " + "\n".join(tor.output()[-600:] for tor in torches if not tor.is_ready()))

    def wait_until_reachable(self, person):
        self.assertTrue(within(SECONDS_TO_PUBLISH, lambda: person.run("relay", "check").code == 0, every=3),
                        repr(person.run("relay", "check")))

    def test_an_alert_and_its_answer_through_tor(self):
        start = time.monotonic()
        self.start_network()
        relay = self.start_service()
        proxies = {name: self.client(f"tor{name}") for name in ("lab", "colleague", "target")}
        self.wait_until_ready("the private Tor network", self.tors[AUTHORITIES:], SECONDS_TO_BOOTSTRAP)
        print(f"the Tor network stands after {time.monotonic() - start:.0f} s", flush=True)

        self.people = [ThroughTor(self.folder, name) for name in proxies]
        lab, colleague, target = self.people
        for person in (lab, colleague, target):
            person.do("relay", "add", relay.address, "--proxy", proxies[person.name])
        self.wait_until_reachable(lab)
        print(f"the onion service answers after {time.monotonic() - start:.0f} s", flush=True)
        self.pair(lab, colleague)
        self.pair(lab, target)
        organisation.found(self, lab, colleague, target)
        organisation.send_alert(self, lab, colleague, target, "Please put the phone away.")
        self.settle(target)
        [alert] = organisation.received(target)
        self.assertEqual(alert["verdict"], "AUTHENTIC")
        target.do("alert", "ack", alert["alert"])
        target.do("send", "lab", text="I did. What now?")
        self.settle(target, lab)
        self.assertEqual(lab.texts(), ["I did. What now?"])
        [draft] = lab.do("alert", "list")["drafts"]
        self.assertEqual(draft["state"], "acknowledged by the person")
        print(f"alert and answer through Tor after {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
