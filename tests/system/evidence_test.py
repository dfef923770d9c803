"""tests/system/evidence_test.py: a file from a target to a responder over a relay that may be killed, as may both programs."""

import hashlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tarfile
import time
import unittest

from programs import SystemTest, free_port, main, within

FRAME = 65_232
PASSWORD = "the word of this relay"

AUTHORITY = """
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = unused
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ clock ]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ tsa ]
default_tsa = here
[ here ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


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

    def stamp(self, question, answer):
        """What a time-stamping authority of the test's own, run by openssl, says to a question."""
        if not (self.folder / "ca.pem").exists():
            (self.folder / "openssl.cnf").write_text(AUTHORITY)
            for command in ("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3 -subj /CN=Root -config openssl.cnf -extensions root",
                            "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Clock -config openssl.cnf",
                            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 3 -extfile openssl.cnf -extensions clock"):
                subprocess.run(["openssl", *command.split()], cwd=self.folder, check=True, capture_output=True)
        subprocess.run(["openssl", "ts", "-reply", "-queryfile", question, "-out", answer, "-config", "openssl.cnf"],
                       cwd=self.folder, check=True, capture_output=True)

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

    def test_what_is_inside_an_age_file_arrives_and_is_nowhere_else(self):
        if not shutil.which("age"):
            self.skipTest("no age on this machine")
        path, key, sealed = self.file(300_000), self.folder / "age.key", self.folder / "qf.zip.age"
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run(["age", "-r", recipient, "-o", sealed, path], check=True)
        other = self.folder / "other.key"
        subprocess.run(["age-keygen", "-o", other], check=True, capture_output=True)
        self.assert_has_hint(self.samira.run("evidence", "import", "lab", sealed, "--identity", other), 1)
        self.assert_has_hint(self.samira.run("evidence", "import", "lab", sealed, "--identity", path), 2)
        self.assert_has_hint(self.samira.run("evidence", "import", "lab", sealed), 2)
        self.assertEqual(self.samira.run("evidence", "import", "lab", sealed, "--identity", key).code, 0)
        number = self.offered("qf.zip")
        self.assertEqual(self.receive(number).code, 0)
        self.assert_same(path, self.inbox / "qf.zip")

    def test_custody_is_signed_on_both_sides_and_handed_over(self):
        path = self.file(100_000)
        sent = self.samira.run("evidence", "send", "lab", path, "--as", "Samira").json["number"]
        number = self.offered()
        self.assertEqual(self.lab.run("evidence", "receive", number, "--folder", self.inbox, "--as", "Lab, Ana").code, 0)
        self.settle(self.lab, self.samira)

        def events(person, number):
            return [(one["ours"], one["who"], one["event"]) for one in self.status(person, number)["custody"]]
        self.assertEqual(sorted(events(self.samira, sent)),
                         [(False, "Lab, Ana", "received"), (False, "Lab, Ana", "verified"),
                          (True, "Samira", "acquired"), (True, "Samira", "sent")])
        why = self.folder / "why"
        why.write_text("for the court\n")
        self.samira.do("evidence", "handover", sent, "--why", why)
        self.settle(self.samira, self.lab)
        status = self.status(self.lab, number)
        self.assertEqual((status["handover"], status["handover_why"]), ("asked of you", "for the court"))
        self.assert_has_hint(self.lab.run("evidence", "handover", number), 2)
        self.assert_has_hint(self.lab.run("evidence", "handover", number, "--take", "00000000"), 5)
        self.lab.do("evidence", "handover", number, "--take", status["handover_number"])
        self.settle(self.lab, self.samira)
        self.settle(self.lab, self.samira)
        for person, which in ((self.samira, sent), (self.lab, number)):
            self.assertEqual(self.status(person, which)["handover"], "signed by both")
            self.assertIn("taken over", [event for _, _, event in events(person, which)])
            self.assertIn("handed over", [event for _, _, event in events(person, which)])
        self.lab.do("evidence", "record", number, "--event", "opened", "--why", why)
        self.settle(self.lab, self.samira)
        self.assertIn((False, "Lab, Ana", "opened"), events(self.samira, sent))
        self.assert_has_hint(self.lab.run("evidence", "record", number, "--event", "sold"), 2)
        self.assert_has_hint(self.lab.run("evidence", "handover", number), 1)
        # They leave: what is here can be recorded and exported all the same.
        self.samira.do("contacts", "--remove", "lab", "--yes")
        self.settle(self.samira, self.lab)
        self.assertIn(self.lab.run("evidence", "export", number, "--bag", self.folder / "after the end").code, (0, 4))
        self.assertTrue((self.folder / "after the end").exists())

    def test_a_folder_is_packed_sent_and_leaves_no_copy(self):
        folder = self.folder / "case 7"
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "log.txt").write_text("canary in the clear" * 1000)
        (folder / "empty").touch()
        (folder / "\u00e9tat").touch()
        pathlib.Path(os.fsdecode(os.fsencode(folder) + b"/no\xfftext")).touch()
        (folder / "link").symlink_to("/etc/passwd")
        os.mkfifo(folder / "pipe")
        sent = self.samira.run("evidence", "send", "lab", folder)
        self.assertEqual(sent.code, 0, sent)
        self.assertIn("pipe", sent.err)
        number = self.offered("case 7.tar")
        self.assertEqual(self.receive(number).code, 0)
        with tarfile.open(self.inbox / "case 7.tar") as archive:
            self.assertEqual(sorted(archive.getnames()),
                             sorted(["case 7/deep", "case 7/deep/er", "case 7/deep/er/log.txt", "case 7/empty", "case 7/link", "case 7/\u00e9tat",
                                     "case 7/no\udcfftext"]))
            self.assertEqual(archive.getmember("case 7/link").linkname, "/etc/passwd")
            self.assertEqual(archive.extractfile("case 7/deep/er/log.txt").read(), b"canary in the clear" * 1000)
        for place in self.samira.vault.rglob("*"):
            self.assertNotIn(b"canary in the clear", place.read_bytes() if place.is_file() else b"")
        self.settle(self.samira)
        self.assertEqual(list(self.samira.vault.glob("outgoing-*")), [])
        self.assert_has_hint(self.samira.run("evidence", "send", "lab", self.inbox / "none"), 2)
        self.assertEqual(list(self.samira.vault.glob("outgoing-*")), [])

    def test_a_bag_is_checked_by_us_and_by_anybody(self):
        path = self.file(150_000)
        self.samira.run("evidence", "send", "lab", path)
        number = self.offered()
        self.assertEqual(self.receive(number).code, 0)
        self.settle(self.lab, self.samira)
        bag = self.folder / "bag"
        self.assert_has_hint(self.lab.run("evidence", "export", number), 2)
        self.lab.do("evidence", "export", number, "--bag", bag)
        self.assertIn("exported", [one["event"] for one in self.status(self.lab, number)["custody"]])
        for check in (["sha256sum", "--strict", "-c", "manifest-sha256.txt"], ["sha512sum", "--strict", "-c", "manifest-sha512.txt"],
                      ["sha256sum", "--strict", "-c", "tagmanifest-sha256.txt"]):
            subprocess.run(check, cwd=bag, check=True, capture_output=True)
        subprocess.run(["sh", "VERIFY.txt"], cwd=bag / "custody", check=True, capture_output=True)
        self.assertEqual((bag / "data" / "backup.zip").read_bytes(), path.read_bytes())
        self.assertEqual((bag / "hashes.csv").read_text(),
                         "path,sha256\n\"data/backup.zip\"," + hashlib.sha256(path.read_bytes()).hexdigest() + "\n")
        self.assertIn("@context", json.loads((bag / "custody.jsonld").read_text()))
        self.assertEqual(self.lab.run("evidence", "verify", bag).code, 0)
        self.assert_has_hint(self.lab.run("evidence", "export", number, "--bag", bag), 1)
        # With a time stamp that was fetched by hand.
        self.lab.do("evidence", "export", number, "--tsq", self.folder / "r.tsq")
        self.stamp("r.tsq", "r.tsr")
        stamped = self.folder / "stamped"
        self.lab.do("evidence", "export", number, "--bag", stamped, "--tsa", self.folder / "r.tsr")
        checked = self.lab.run("evidence", "verify", stamped, "--authorities", self.folder / "ca.pem")
        self.assertEqual(checked.code, 0, repr(checked))
        anchors = [one.get("anchored_by") for one in checked.json["custody"]["chains"]]
        self.assertIn("time stamp", anchors)
        self.lab.do("evidence", "export", number, "--tsq", self.folder / "other.tsq")
        (self.folder / "other.tsr").write_bytes((self.folder / "r.tsr").read_bytes())
        self.assert_has_hint(self.lab.run("evidence", "export", number, "--bag", self.folder / "no", "--tsa",
                                          self.folder / "other.tsr"), 5)
        self.assertFalse((self.folder / "no").exists())
        # CUS-4.12: another file under lists that were made anew is a bag, but not this custody's.
        swapped = self.folder / "swapped"
        shutil.copytree(bag, swapped)
        subprocess.run(["chmod", "-R", "u+w", swapped], check=True)
        (swapped / "data" / "backup.zip").write_bytes(b"z" * 150_000)
        kinds = (("sha256", hashlib.sha256), ("sha512", hashlib.sha512))
        for name, new in kinds:
            (swapped / f"manifest-{name}.txt").write_text(f"{new(b'z' * 150_000).hexdigest()}  data/backup.zip\n")
        for name, new in kinds:
            listed = [line.split("  ", 1)[1] for line in (swapped / f"tagmanifest-{name}.txt").read_text().splitlines()]
            (swapped / f"tagmanifest-{name}.txt").write_text(
                "".join(f"{new((swapped / one).read_bytes()).hexdigest()}  {one}\n" for one in listed))
        refused = self.lab.run("evidence", "verify", swapped)
        self.assert_has_hint(refused, 5)
        self.assertTrue(refused.json["valid"], "a bag it is")
        self.assertNotEqual(subprocess.run(["sh", "VERIFY.txt"], cwd=swapped / "custody", capture_output=True).returncode, 0)
        (bag / "data" / "more").write_text("x")
        self.assertEqual(self.lab.run("evidence", "verify", bag).code, 5)

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
        self.offered()
        path.write_bytes(self.random.randbytes(8 << 20))
        def given_up():
            self.samira.run("sync", "--for", 1)
            return self.status(self.samira, number)["standing"] == "the file changed"
        self.assertTrue(within(60, given_up))
        self.settle(self.samira, self.lab)
        self.assertEqual(self.lab.do("evidence", "list")["evidence"], [], "nobody had wanted it")

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
        (self.folder / "hollow").mkdir()
        for arguments, code in ((("evidence", "send", "lab", self.folder / "gone"), 2),
                                (("evidence", "send", "lab", self.folder), 2),  # the vault is in it
                                (("evidence", "send", "lab", self.folder / "hollow"), None),
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
