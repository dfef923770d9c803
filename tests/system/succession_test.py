"""tests/system/succession_test.py: a drill: a responder's key is stolen, and the others replace it.

The relay, the people and their organisation (Anna, Bea, the director's key in a file: 2 of 3) are those of
flows_test.py.
"""

import unittest

import flows_test as flows
from flows_test import Resident, draft, pair, until

setUpModule = flows.setUpModule

NEW_SIGNERS = 16


def version(person):
    found = [one for one in person("org", "show")["organisations"] if one["name"] == "Clear Line"]
    return found[0]["version"] if found else None


class StolenKey(unittest.TestCase):
    # CHA-6.4
    def test_the_others_replace_it_and_what_it_signs_later_is_worthless(self):
        cleo = Resident("Cleo").go_online()
        pair(flows.bea, cleo)
        pair(flows.bea, flows.samira)
        self.whoever_is_no_holder_is_told_the_names()
        late = self.what_the_stolen_key_and_the_directors_signed()
        with flows.anna.away():  # whoever has her vault has not heard of the next charter
            self.anna_is_replaced(cleo)
            self.it_makes_no_authentic_alert(late)
        self.the_new_holders_do(cleo)
        flows.bea("org", "offer", "Clear Line", "Anna")  # she is told when the others choose to
        until(lambda: version(flows.anna) == 2, "the charter at Anna")

    def anna_is_replaced(self, cleo):
        founding = flows.bea("org", "replace", "Clear Line", "--holder", "Anna", "--with", "Cleo")["founding"]
        until(lambda: cleo("org", "show")["foundings"], "Cleo is asked for a key")
        cleo("org", "sign", "Clear Line", "--yes")
        until(lambda: [one for one in flows.bea("org", "show")["foundings"] if one["proposed"]], "the next charter")
        self.assertEqual(flows.bea("org", "sign", founding)["removed"], ["Anna"])
        self.assertEqual(version(flows.bea), 1, "Bea alone changes nothing")
        flows.bea("org", "sign", founding, "--key-file-of", flows.folder / "director.key")
        self.assertEqual(version(flows.bea), 2)
        self.assertEqual(flows.bea("org", "show")["foundings"], [])
        until(lambda: version(cleo) == 2, "the charter at Cleo")
        self.assertEqual(cleo("org", "show")["foundings"], [], "nothing more is asked of her")
        flows.bea("org", "offer", "Clear Line", "Samira")
        until(lambda: version(flows.samira) == 2, "the charter at Samira")
        self.assertIn(NEW_SIGNERS, [one["kind"] for one in flows.samira("doctor")["notices"]])
        self.assertTrue(flows.samira("org", "show", "Clear Line")["confirmed"], "it is the same organisation")

    def whoever_is_no_holder_is_told_the_names(self):
        refused = flows.bea.run("org", "replace", "Clear Line", "--holder", "Nobody")
        self.assertEqual(refused.code, 2)
        self.assertIn("Anna", refused.hint())

    def what_the_stolen_key_and_the_directors_signed(self):
        number = draft(flows.samira, text="Bring your phone to us.")
        flows.anna("alert", "sign", number, "--confirm", "Cedar 7", "--key-file-of", flows.folder / "director.key")
        until(lambda: flows.anna.draft(number)["complete"], "two signatures")
        return number

    def it_makes_no_authentic_alert(self, number):
        before = flows.count(flows.samira)
        flows.anna("alert", "send", number)
        alert = flows.arrived(flows.samira, before)
        self.assertEqual(flows.samira("alert", "show", alert)["verdict"], "NOT VERIFIED")

    def the_new_holders_do(self, cleo):
        before = flows.count(flows.samira)
        number = flows.bea("alert", "draft", "Samira", "--org", "Clear Line", "--details", flows.folder / "case.toml",
                           text="Please keep the phone as it is.")["alert"]
        self.assertEqual([one for one in flows.anna("alert", "list")["drafts"]
                          if not one["ours"] and one["state"] == "waits for your signature"], [],
                         "the removed holder is sent nothing")
        request = until(lambda: [one["alert"] for one in cleo("alert", "list")["drafts"]
                                 if one["state"] == "waits for your signature"], "a request at Cleo")[-1]
        cleo("alert", "sign", request, "--confirm", "Cedar 7")
        until(lambda: flows.bea.draft(number)["complete"], "Cleo's signature at Bea")
        flows.bea("alert", "send", number)
        alert = flows.arrived(flows.samira, before)
        self.assertEqual(flows.samira("alert", "show", alert)["verdict"], "AUTHENTIC")


if __name__ == "__main__":
    unittest.main(verbosity=2)
