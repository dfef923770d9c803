"""tests/system/release.py: files as a release wrote them, kept so that later programs are tried on them.

A release is a relay's folder, two vaults and a backup. Anna (a helpline) and Samira are paired and verified, have written
to each other, and Samira has confirmed the organisation; an alert for her waits at the relay. No path of a machine and
no secret of anybody is in it.

Make one, with the programs of the release itself:
    TOCSIN_BIN=… python3 -B tests/system/release.py tests/system/releases/VERSION.tar.xz
"""

import json
import pathlib
import subprocess
import sys
import tarfile
import time

import organisation
from programs import BIN, Relay, SystemTest

FOLDER = pathlib.Path(__file__).parent / "releases"
# Vaults know their relay by its address; an address of loopback that nothing else uses.
HOST, PORT = "127.17.0.1", 47701
BEFORE, WAITING = "written before the release", "We checked the copy you gave us."
KEPT = ("relay/state", "anna", "samira", "anna.key", "samira.key", "anna.backup", "backup.key", "release.json")


def all_releases():
    return sorted(FOLDER.glob("*.tar.xz"))


class Maker(SystemTest):
    out = None

    def runTest(self):
        home = Relay(self.folder / "relay", at=(HOST, PORT)).start()
        self.relays.append(home)
        anna, samira = self.person("anna", home), self.person("samira")
        self.pair(anna, samira)
        for one, other in ((anna, samira), (samira, anna)):
            one.do("verify", other.name, "--digits", one.do("verify", other.name)["digits"])
        self.found(anna, samira)
        anna.do("send", "samira", text=BEFORE)
        self.settle(anna, samira, anna)
        anna.do("backup", self.folder / "anna.backup", "--make-key-file", self.folder / "backup.key")
        self.warn(anna)
        self.assertEqual(home.stop(), 0)
        version = subprocess.run([BIN / "tocsin", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        (self.folder / "release.json").write_text(json.dumps({"version": version, "made": int(time.time())}))
        self.out.parent.mkdir(exist_ok=True)
        with tarfile.open(self.out, "w:xz", format=tarfile.PAX_FORMAT) as archive:
            for name in KEPT:
                archive.add(self.folder / name, name, filter=self.nobodys)
        print(f"{self.out}: {self.out.stat().st_size} bytes")

    @staticmethod
    def nobodys(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry if entry.isfile() or entry.isdir() else None

    def found(self, anna, samira):
        """Beside hers two offline keys: Anna signs alone here, which no organisation should."""
        keys = [f"{name}={self.folder / name}.key" for name in ("north", "south")]
        anna.do("org", "create", organisation.NAME, "--our-name", "Anna", *(part for key in keys for part in ("--offline-key", key)))
        anna.do("org", "sign", organisation.NAME, "--key-file-of", self.folder / "north.key")
        anna.do("org", "offer", organisation.NAME, "samira")
        self.settle(anna, samira)
        samira.do("org", "confirm", organisation.NAME, "--words", anna.do("org", "show", organisation.NAME)["words"])

    def warn(self, anna):
        details = self.folder / "details.toml"
        details.write_text(organisation.DETAILS)
        draft = anna.do("alert", "draft", "samira", "--org", organisation.NAME, "--details", details, text=WAITING)["alert"]
        anna.do("alert", "sign", draft, "--confirm", organisation.CASE, "--key-file-of", self.folder / "south.key")
        anna.do("alert", "send", draft)
        self.settle(anna)


if __name__ == "__main__":
    Maker.out = pathlib.Path(sys.argv[1])
    maker = Maker()
    result = maker.run()
    for _, trace in result.failures + result.errors:
        print(trace, file=sys.stderr)
    sys.exit(0 if result.wasSuccessful() else 1)
