#!/usr/bin/env python3
"""tests/nightly/page_test.py: the page of an alert in every language, as headless Chromium paints it.

On the width of a phone: a page full of text is painted, nothing is cut off at the side, right-to-left languages stand at the
right and the others at the left, on white. The pictures are left in a folder for a person to look at.

Usage: tests/nightly/page_test.py [FOLDER]     needs Debian's chromium and a built tree (TOCSIN_BIN, else build/dev/bin)
"""

import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TOCSIN_BIN", str(ROOT / "build/dev/bin"))
sys.path.insert(0, str(ROOT / "tests/system"))
sys.dont_write_bytecode = True

import organisation  # noqa: E402
from programs import SystemTest  # noqa: E402

LANGUAGES = ["am", "ar", "en", "es", "fa", "fr", "hi", "hu", "pt", "ru", "sr", "uk"]
RIGHT_TO_LEFT = {"ar", "fa"}
WIDTH, HEIGHT = 412, 4000  # CSS pixels; a page is shorter
FOLDER = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="tocsin-pages-")).resolve()
FOLDER.mkdir(parents=True, exist_ok=True)


def rows_of(png):
    """Grey values of an 8-bit PNG, row by row."""
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", png
    at, packed, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", data[at + 8:at + 21])
        elif kind == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    width, height, depth, colour = header[:4]
    assert depth == 8 and colour in (2, 6) and header[6] == 0, header
    size = 3 if colour == 2 else 4
    raw, before, rows = zlib.decompress(packed), bytearray(width * size), []
    for y in range(height):
        start = y * (1 + width * size)
        method, line = raw[start], bytearray(raw[start + 1:start + 1 + width * size])
        for x in range(len(line)):
            left = line[x - size] if x >= size else 0
            above, corner = before[x], before[x - size] if x >= size else 0
            if method == 1:
                line[x] = (line[x] + left) & 255
            elif method == 2:
                line[x] = (line[x] + above) & 255
            elif method == 3:
                line[x] = (line[x] + (left + above) // 2) & 255
            elif method == 4:
                guess = left + above - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - above), 1, above),
                              (abs(guess - corner), 2, corner))[2]
                line[x] = (line[x] + nearest) & 255
        before = line
        rows.append([line[x] for x in range(1, len(line), size)])  # green stands for grey
    return rows


def ink(row):
    return [x for x, value in enumerate(row) if value < 128]


@unittest.skipUnless(shutil.which("chromium"), "Debian's package chromium is not installed")
class Page(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.lab, self.colleague = self.person("lab", self.home), self.person("colleague")
        self.target = self.person("target")
        self.pair(self.lab, self.colleague)
        self.pair(self.lab, self.target)
        organisation.found(self, self.lab, self.colleague, self.target)
        organisation.send_alert(self, self.lab, self.colleague, self.target,
                                "Please put the phone away and call us from another one.")
        self.settle(self.target)
        [self.alert] = organisation.received(self.target)

    def painted(self, language):
        page, picture = self.folder / f"{language}.html", FOLDER / f"{language}.png"
        self.target.do("alert", "show", self.alert["alert"], "--lang", language, "--html", page)
        self.assertNotIn("<script", page.read_text())
        picture.unlink(missing_ok=True)
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--hide-scrollbars",
                        f"--user-data-dir={self.folder / ('chromium-' + language)}",
                        f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", page.as_uri()],
                       check=True, capture_output=True, timeout=120)
        return rows_of(picture)

    def test_every_language_is_painted_where_its_readers_look(self):
        for language in LANGUAGES:
            with self.subTest(language):
                rows = self.painted(language)
                self.assertEqual(len(rows[0]), WIDTH)
                lines = [ink(row) for row in rows]
                written = [xs for xs in lines if len(xs) > 3]
                self.assertGreater(len(written), 300, "a page full of text")
                self.assertLess(len(written), HEIGHT - 100, "and it ends")
                self.assertEqual([xs for xs in written if xs[0] == 0 or xs[-1] == WIDTH - 1], [], "nothing is cut off")
                left = sorted(xs[0] for xs in written)[len(written) // 2]
                right = sorted(WIDTH - 1 - xs[-1] for xs in written)[len(written) // 2]
                if language in RIGHT_TO_LEFT:
                    self.assertLess(right, left, "it begins at the right")
                else:
                    self.assertLess(left, right, "it begins at the left")
                self.assertGreater(rows[-1][0], 240, "on white")


if __name__ == "__main__":
    print(f"pictures: {FOLDER}", flush=True)
    unittest.main(verbosity=2)
