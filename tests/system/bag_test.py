"""tests/system/bag_test.py: `tocsin evidence verify` over bags that Python and coreutils make; no vault is there."""

import hashlib
import json
import os
import subprocess

from programs import BIN, COMMAND_SECONDS, SystemTest, main


class BagTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.bag = self.folder / "bag"
        self.write({"one.txt": b"1", "photos/a b.jpg": self.random.randbytes(300_000)})

    def write(self, payload, algorithm="sha256", version="1.0"):
        for name, content in payload.items():
            path = self.bag / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (self.bag / "bagit.txt").write_text(
            f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n")
        (self.bag / "bag-info.txt").write_text(
            "Contact-Name: Ada\n"
            f"Payload-Oxum: {sum(len(content) for content in payload.values())}.{len(payload)}\n")
        self.list(f"manifest-{algorithm}.txt", algorithm, [f"data/{name}" for name in sorted(payload)])
        self.list(f"tagmanifest-{algorithm}.txt", algorithm, ["bag-info.txt", "bagit.txt", f"manifest-{algorithm}.txt"])

    def list(self, manifest, algorithm, names):
        (self.bag / manifest).write_text("".join(
            f"{hashlib.new(algorithm, (self.bag / name).read_bytes()).hexdigest()}  {name}\n" for name in names))

    def run_verify(self, *arguments):
        environment = dict(os.environ, HOME=str(self.folder), XDG_DATA_HOME=str(self.folder / "no-vault"))
        return subprocess.run([BIN / "tocsin", "evidence", "verify", *arguments], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_SECONDS)

    def assert_code(self, code, *arguments):
        done = self.run_verify(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def kinds(self):
        answer = json.loads(self.run_verify(self.bag, "--json").stdout)
        return {one["kind"] for one in answer["findings"]}

    def test_a_valid_bag_is_valid_and_nothing_is_made(self):
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"], cwd=self.bag, check=True)
        done = self.assert_code(0, self.bag)
        self.assertIn("Valid: BagIt 1.0, 2 files, 300001 bytes", done.stdout)
        self.assertEqual(done.stderr, "")
        answer = json.loads(self.assert_code(0, self.bag, "--json").stdout)
        self.assertEqual((answer["valid"], answer["errors"], answer["payload_files"], answer["payload_bytes"]),
                         (True, 0, 2, 300_001))
        self.assertEqual(answer["info"][0], {"label": "Contact-Name", "value": "Ada"})
        self.assertEqual(os.listdir(self.folder), ["bag"])

    def test_a_relative_path_is_meant_from_here(self):
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            self.assert_code(0, "bag")
        finally:
            os.chdir(here)

    def test_what_is_not_valid_is_told_with_its_exit_code(self):
        (self.bag / "data/one.txt").write_bytes(b"2")
        done = self.assert_code(5, self.bag)
        self.assertIn("error:   data/one.txt: not what it was", done.stdout)
        self.assertIn("NOT VALID", done.stdout)
        self.assertIn("hint:", done.stderr)
        answer = json.loads(self.assert_code(5, self.bag, "--json").stdout)
        self.assertEqual((answer["valid"], answer["exit"]), (False, 5))
        self.assertEqual(self.kinds(), {"wrong_digest"})

    def test_a_warning_is_shown_and_the_bag_is_valid(self):
        self.write({"one.txt": b"1", "photos/a b.jpg": b"2"}, algorithm="md5", version="0.97")
        (self.bag / "manifest-sha256.txt").unlink()
        (self.bag / "tagmanifest-sha256.txt").unlink()
        self.assertIn("warning: manifest-md5.txt", self.assert_code(0, self.bag).stdout)
        self.assertEqual(self.kinds(), {"weak_digests"})

    def test_names_out_of_a_bag_cannot_reach_the_terminal(self):
        (self.bag / "data" / "\x1b[2Jgone\n\u202etxt").write_bytes(b"x")
        done = self.assert_code(5, self.bag)
        for sign in ("\x1b", "\u202e"):
            self.assertNotIn(sign, done.stdout + done.stderr)
        self.assertEqual(self.kinds(), {"file_not_listed", "wrong_oxum"})

    def test_a_link_out_of_the_bag_is_not_followed(self):
        (self.bag / "data/one.txt").unlink()
        (self.folder / "outside").write_bytes(b"1")
        (self.bag / "data/one.txt").symlink_to(self.folder / "outside")
        self.assert_code(5, self.bag)
        self.assertIn("not_a_plain_file", self.kinds())

    def test_what_cannot_be_meant_is_a_usage_error(self):
        self.assert_code(2)
        self.assert_code(2, self.folder / "nowhere")
        self.assert_code(2, self.bag / "bagit.txt")
        self.assert_code(2, self.bag, "and", "more")


if __name__ == "__main__":
    main()
