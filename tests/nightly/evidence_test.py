#!/usr/bin/env python3
"""tests/nightly/evidence_test.py: what takes too long for every build: a hundred kills of each side, and 3 GiB in bounded memory.

Usage:  TOCSIN_BIN=build/dev/bin tests/nightly/evidence_test.py     needs 12 GiB of disk
"""

import hashlib
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

from evidence_test import EvidenceTest  # noqa: E402
from programs import main, within  # noqa: E402

KILLS = int(os.environ.get("TOCSIN_KILLS", "100"))  # of each side
BYTES = int(os.environ.get("TOCSIN_EVIDENCE_BYTES", str(3 << 30)))
MOST_RESIDENT = 16 << 20  # for a file, whatever its length
PASSWORD = 64 << 20  # Argon2id of the relay's password, for 36 ms before each blob: the sender's alone


def peak_memory(process):
    """Bytes a process had resident at most."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    raise AssertionError("no peak")


# Its own tests run in tests/run.
for name in [name for name in dir(EvidenceTest) if name.startswith("test_")]:
    setattr(EvidenceTest, name, None)


class NightlyEvidenceTest(EvidenceTest):
    bulk_mebibytes = 256

    def write(self, size, name="backup.zip"):
        path, left = self.folder / name, size
        with open(path, "wb") as out:
            while left:
                piece = self.random.randbytes(min(left, 8 << 20))
                out.write(piece)
                left -= len(piece)
        return path

    def digest(self, path):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def test_a_hundred_kills_of_each_side(self):
        # As long as it takes: one file after the other, each of them whole in the end.
        kills, files = {"relay": 0, "lab": 0, "samira": 0}, 0
        while min(kills.values()) < KILLS:
            path = self.write(24 << 20, f"file-{files}.bin")
            self.samira.do("evidence", "send", "lab", path, "--no-wait")
            self.settle(self.samira)
            mine = self.offered(path.name)
            self.lab.do("evidence", "receive", mine, "--folder", self.inbox, "--no-wait")
            end = time.monotonic() + 600
            while not self.status(self.lab, mine)["over"]:
                self.assertLess(time.monotonic(), end, self.status(self.lab, mine))
                self.samira.start_daemon()
                self.lab.start_daemon()
                time.sleep(self.random.uniform(0.05, 0.4))
                side = min(kills, key=kills.get)
                if side == "relay":
                    self.home.kill()
                    self.home.start()
                self.lab.kill_daemon() if side == "lab" else self.lab.stop_daemon()
                self.samira.kill_daemon() if side == "samira" else self.samira.stop_daemon()
                kills[side] += 1
            self.assertEqual(self.status(self.lab, mine)["standing"], "whole", kills)
            self.settle(self.lab, self.samira)
            self.assert_same(path, self.inbox / path.name)
            path.unlink()
            (self.inbox / path.name).unlink()
            files += 1
        print(f"\n{kills} kills over {files} files", file=sys.stderr)

    def test_three_gigabytes_in_bounded_memory(self):
        path = self.write(BYTES)
        self.lab.start_daemon()
        self.samira.start_daemon()
        before = {one.name: peak_memory(one.daemon) for one in (self.lab, self.samira)}
        begun = time.monotonic()
        sending = self.samira.start("evidence", "send", "lab", path)
        number = within(60, lambda: (self.lab.do("evidence", "list")["evidence"] or [{}])[0].get("number"), every=0.2)
        self.lab.do("evidence", "receive", number, "--folder", self.inbox, "--no-wait")
        self.assertTrue(within(3_600, lambda: self.status(self.lab, number)["standing"] == "whole", every=2))
        self.assertEqual(self.samira.finish(sending).code, 0)
        seconds = time.monotonic() - begun
        for one, most in ((self.lab, MOST_RESIDENT), (self.samira, MOST_RESIDENT + PASSWORD)):
            peak = peak_memory(one.daemon)
            print(f"\n{one.name}: {peak >> 20} MiB at most, {(peak - before[one.name]) >> 20} more than before", file=sys.stderr)
            self.assertLess(peak - before[one.name], most)
        relay = peak_memory(self.home.process)
        print(f"relay: {relay >> 20} MiB at most; {BYTES / seconds / (1 << 20):.1f} MiB/s from disk to disk", file=sys.stderr)
        self.assertEqual(self.digest(path), self.digest(self.inbox / path.name))


if __name__ == "__main__":
    main()
