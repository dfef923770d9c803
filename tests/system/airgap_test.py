"""tests/system/airgap_test.py: a holder whose vault was never online: questions and answers carried as files.

The relay, Anna, Bea and Samira are those of flows_test.py; Carla has a vault without a relay, and so has Dana.
"""

import unittest

import flows_test as flows
from flows_test import Resident, arrived, asked, count, draft, until

setUpModule = flows.setUpModule

LAB = "Quiet Lab"


class Carried:
    """New names for files, and the way there and back."""

    def __init__(self):
        self.count = 0

    def path(self):
        self.count += 1
        return flows.folder / f"stick-{self.count}"

    def org(self, holder, number, name, *more):
        """The next question of an organisation is carried to `holder`, and the answer back."""
        question, answer, early = self.path(), self.path(), self.path()
        flows.anna("org", "request", number, *more, "--out", question)
        shown = holder("org", "sign", "--file", question, "--yes", "--out", early)
        assert (shown["step"], shown["name"]) == ("asked", name), shown
        assert not early.exists(), "what was not shown before is not signed"
        said = holder("org", "sign", "--file", question, "--yes", "--out", answer)
        self.the_same_question_brings_the_same_answer(holder, question, answer)
        if said["step"] != "key given":
            return flows.anna("collect", answer)
        assert flows.anna("collect", answer)["words"] == said["words"]
        flows.anna("collect", answer, "--words", "other words than these", want=5)
        return flows.anna("collect", answer, "--words", said["words"])

    def the_same_question_brings_the_same_answer(self, holder, question, answer):
        again = self.path()
        holder("org", "sign", "--file", question, "--yes", "--out", again)
        assert again.read_bytes() == answer.read_bytes()

    def alert(self, number):
        question = self.path()
        flows.anna("alert", "request", number, "--out", question)
        assert question.stat().st_mode & 0o777 == 0o600
        return question


class AirGap(unittest.TestCase):
    # CAR-2.1, CAR-2.2, CAR-2.3, CAR-3.1, CAR-3.2, CAR-3.3, CAR-3.4
    def test_a_vault_that_was_never_online_founds_signs_refuses_and_outlives_a_colleague(self):
        self.carried, self.carla, self.dana = Carried(), Resident("Carla"), Resident("Dana")
        self.founding = flows.anna("org", "create", LAB, "--our-name", "Anna", "--holder", "Bea",
                                   "--by-file", "Carla")["founding"]
        self.it_is_founded()
        self.an_alert_is_signed_in_the_safe()
        self.an_alert_is_refused_there_and_the_reason_travels_back()
        self.what_nobody_who_holds_a_key_asks_is_not_signed()
        self.a_holder_is_replaced_by_files()
        self.assertEqual(self.carla("relay", "list")["relays"], [], "she was never online")
        self.assertEqual(self.carla("contacts")["contacts"], [])

    def it_is_founded(self):
        nobody = flows.anna("org", "request", LAB, "--holder", "Nobody", "--out", self.carried.path(), want=2)
        self.assertEqual(nobody["code"], "no_such_seat")
        until(lambda: [one for one in flows.bea("org", "show")["foundings"] if one["name"] == LAB],
              "Bea is asked for a key")
        flows.bea("org", "sign", LAB, "--yes")
        self.who_has_the_stick_takes_no_seat()
        key = self.carried.org(self.carla, LAB, LAB, "--holder", "Carla")
        self.assertFalse(key["concluded"])
        until(lambda: [one for one in flows.anna("org", "show")["foundings"] if one["proposed"]],
              "the charter is written")
        self.assertTrue(self.carried.org(self.carla, LAB, LAB)["concluded"], "Anna and Carla are two")
        flows.anna("org", "offer", LAB, "Samira")
        words = flows.anna("org", "show", LAB)["words"]
        until(lambda: [one for one in flows.samira("org", "show")["organisations"] if one["name"] == LAB],
              "the charter at Samira")
        flows.samira("org", "confirm", LAB, "--words", words)

    def who_has_the_stick_takes_no_seat(self):
        thief, question, answer = Resident("Thief"), self.carried.path(), self.carried.path()
        flows.anna("org", "request", LAB, "--holder", "Carla", "--out", question)
        thief("org", "sign", "--file", question)
        thief("org", "sign", "--file", question, "--yes", "--out", answer)
        self.assertEqual(flows.anna("collect", answer)["step"], "compare")
        self.assertFalse([one for one in flows.anna("org", "show")["foundings"] if one["proposed"]])

    def an_alert_is_signed_in_the_safe(self):
        before = count(flows.samira)
        number = draft(flows.samira, text="Please bring the phone.", org=LAB)
        question, answer = self.carried.alert(number), self.carried.path()
        page = self.carla("alert", "show", "--file", question)
        self.assertEqual((page["case"], page["asked_by"]), ("Cedar 7", "Anna"))
        self.assertIn("Please bring the phone.", page["page"])
        sign = ("alert", "sign", "--file", question, "--confirm")
        self.assertEqual(self.carla(*sign, "Cedar 8", "--out", answer, want=5)["code"], "not_confirmed")
        self.assertFalse(answer.exists())
        self.carla(*sign, "Cedar 7", want=2)  # without --out
        self.assertTrue(self.carla(*sign, "Cedar 7", "--out", answer)["signed"])
        self.assertEqual(self.carla(*sign, "Cedar 7", "--out", answer, want=1)["code"], "file_in_the_way")
        self.assertTrue(self.carla("org", "show", LAB)["confirmed"], "she signed its first charter herself")
        self.assertEqual(flows.bea("collect", answer, want=1)["code"], "no_such_alert", "not her draft")
        collected = flows.anna("collect", answer)
        self.assertEqual((collected["holder"], collected["signed"], collected["complete"]), ("Carla", True, True))
        self.assertTrue(flows.anna("collect", answer)["complete"], "twice changes nothing")
        flows.anna("alert", "send", number)
        alert = arrived(flows.samira, before)
        shown = flows.samira("alert", "show", alert)
        self.assertEqual((shown["verdict"], shown["signers"]), ("AUTHENTIC", 2))

    def an_alert_is_refused_there_and_the_reason_travels_back(self):
        number = draft(flows.samira, text="Throw it into the river.", org=LAB)
        question, answer = self.carried.alert(number), self.carried.path()
        self.assertTrue(self.carla("alert", "refuse", "--request", question, "--out", answer,
                                   text="That destroys the evidence.\n")["refused"])
        collected = flows.anna("collect", answer)
        self.assertEqual((collected["holder"], collected["signed"], collected["complete"]), ("Carla", False, False))
        self.assertIn("Carla refused: That destroys the evidence.", flows.anna.draft(number)["refusals"])
        forged = bytearray(answer.read_bytes())
        forged[forged.index(b"destroys")] = ord("D")
        answer.write_bytes(forged)
        self.assertEqual(flows.anna("collect", answer, want=5)["code"], "bad_signature")

    def what_nobody_who_holds_a_key_asks_is_not_signed(self):
        question = self.carried.alert(draft(flows.samira, org=LAB))
        whole = question.read_bytes()
        question.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # the asker's proof
        sign = ("alert", "sign", "--file", question, "--confirm", "Cedar 7", "--out", self.carried.path())
        self.assertEqual(self.carla(*sign, want=5)["code"], "requester_left")
        question.write_bytes(whole[:-1])
        self.assertEqual(self.carla(*sign, want=2)["code"], "other_file")
        question.write_bytes(whole)
        self.assertEqual(self.dana(*sign, want=1)["code"], "not_a_holder")
        self.assertEqual(self.carla("collect", question, want=2)["code"], "other_file", "a question is no answer")
        self.carla("alert", "sign", "d1", *sign[2:], want=2)  # one or the other
        self.a_key_in_a_file_signs_in_a_vault_that_keeps_nothing()

    def a_key_in_a_file_signs_in_a_vault_that_keeps_nothing(self):
        number = draft(flows.samira, org="Clear Line")  # the director's key of flows_test
        question, answer = self.carried.alert(number), self.carried.path()
        key = ("--key-file-of", flows.folder / "director.key")
        self.assertEqual(self.dana("alert", "show", "--file", question, want=1)["code"], "not_a_holder")
        self.assertEqual(self.dana("alert", "show", "--file", question, *key)["case"], "Cedar 7")
        sign = ("alert", "sign", "--file", question, "--confirm", "Cedar 7", *key, "--out", answer)
        self.assertEqual(self.dana(*sign, want=5)["code"], "organisation_not_confirmed")
        self.dana(*sign, "--words", flows.anna("org", "show", "Clear Line")["words"])
        self.assertEqual(self.dana("org", "show")["organisations"], [])
        self.assertEqual(flows.anna("collect", answer)["holder"], "Director")

    def a_holder_is_replaced_by_files(self):
        flows.bea("org", "sign", LAB, "--yes")  # the charter of the founding, late
        number = flows.anna("org", "replace", LAB, "--holder", "Bea", "--by-file", "Dana")["founding"]
        self.assertFalse(self.carried.org(self.dana, number, LAB, "--holder", "Dana")["concluded"])
        self.assertTrue(self.carried.org(self.carla, number, LAB)["concluded"])
        version = {one["name"]: one["version"] for one in flows.anna("org", "show")["organisations"]}
        self.assertEqual(version[LAB], 2)
        # The question brings the grown charter with it, to her who signed it and to her who came.
        for holder in (self.carla, self.dana):
            question, answer = self.carried.alert(draft(flows.samira, org=LAB)), self.carried.path()
            sign = ("alert", "sign", "--file", question, "--confirm", "Cedar 7", "--out", answer)
            if holder is self.dana:
                self.nothing_is_signed_for_whom_she_never_compared(question, sign)
            holder(*sign)
            self.assertTrue(flows.anna("collect", answer)["complete"])
            [organisation] = holder("org", "show")["organisations"]
            self.assertEqual((organisation["name"], organisation["version"]), (LAB, 2))

    def nothing_is_signed_for_whom_she_never_compared(self, question, sign):
        self.assertFalse(self.dana("alert", "show", "--file", question)["confirmed"])
        self.assertEqual(self.dana(*sign, want=5)["code"], "organisation_not_confirmed")
        self.dana("org", "confirm", LAB, "--words", flows.anna("org", "show", LAB)["words"])


if __name__ == "__main__":
    unittest.main()
