"""tests/system/succession_test.py: a drill: a responder's key is stolen, and the others replace it.

The relay, the people and their organisation (Anna, Bea, the director's key in a file: 2 of 3) are those of
flows_test.py.
"""

import unittest

import flows_test as flows
from flows_test import Resident, draft, pair, until

setUpModule = flows.setUpModule

NEW_SIGNERS = 16


def version(person, name="Clear Line"):
    found = [one for one in person("org", "show")["organisations"] if one["name"] == name]
    return found[0]["version"] if found else None


class StolenKey(unittest.TestCase):
    # CHA-6.4
    def test_the_others_replace_it_and_what_it_signs_later_is_worthless(self):
        cleo = Resident("Cleo").go_online()
        pair(flows.bea, cleo)
        pair(flows.bea, flows.samira)
        self.whoever_is_no_holder_is_told_the_names()
        self.who_was_shown_the_charter_says_farewell()
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

    def who_was_shown_the_charter_says_farewell(self):
        """It ends a contact, and must not keep the others from replacing a key."""
        tomas = Resident("Tomas").go_online()
        pair(flows.bea, tomas)
        flows.bea("org", "offer", "Clear Line", "Tomas")
        until(lambda: version(tomas), "the charter at Tomas")
        tomas("contacts", "--remove", "Bea", "--tell", "--yes")
        standing = lambda: {one["name"]: one["standing"] for one in flows.bea("contacts")["contacts"]}["Tomas"]
        until(lambda: standing() == "ended by them", "the farewell at Bea")
        until(lambda: not tomas("contacts")["contacts"], "Bea is forgotten there")
        self.assertEqual(flows.bea("send", "Tomas", text="wait", want=1)["code"], "contact_ended")

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


class ThreeHolders(unittest.TestCase):
    """Everybody's key lives in a vault; the founder's is replaced by the two others."""

    def found(self, carl):
        flows.anna("org", "create", "Three", "--our-name", "Anna", "--holder", "Bea", "--holder", "Carl")
        for person in (flows.bea, carl):
            until(lambda: [one for one in person("org", "show")["foundings"] if one["name"] == "Three"], "asked")
            person("org", "sign", "Three", "--yes")
        until(lambda: [one for one in flows.bea("org", "show")["foundings"]
                       if one["name"] == "Three" and one["proposed"]], "the charter to sign")
        flows.bea("org", "sign", "Three", "--yes")  # with Anna's, that is two of three
        for person in (flows.bea, carl):
            until(lambda: version(person, "Three"), "the charter")

    def test_who_was_removed_is_sent_nothing_and_the_others_go_on(self):
        carl = Resident("Carl").go_online()
        for one, other in ((flows.anna, carl), (flows.bea, carl), (carl, flows.samira)):
            pair(one, other)
        self.found(carl)
        self.what_nobody_signs_can_be_given_up()
        founding = flows.bea("org", "replace", "Three", "--holder", "Anna", "--ask", "Carl")["founding"]
        until(lambda: [one for one in carl("org", "show")["foundings"] if one["founding"] == founding], "at Carl")
        self.assertEqual(carl("org", "sign", founding)["removed"], ["Anna"])
        carl("org", "sign", founding, "--yes")
        until(lambda: version(carl, "Three") == 2, "the next charter at Carl")
        asked_before = len(flows.anna("alert", "list")["drafts"])
        number = carl("alert", "draft", "Samira", "--org", "Three", "--details", flows.folder / "case.toml",
                      text="Please keep the phone as it is.")["alert"]
        request = until(lambda: [one["alert"] for one in flows.bea("alert", "list")["drafts"]
                                 if one["state"] == "waits for your signature"], "a request at Bea")[-1]
        flows.bea("alert", "sign", request, "--confirm", "Cedar 7")
        until(lambda: carl.draft(number)["complete"], "Bea's signature at Carl")
        self.assertEqual(len(flows.anna("alert", "list")["drafts"]), asked_before, "Anna is sent nothing")

    def what_nobody_signs_can_be_given_up(self):
        flows.bea("org", "replace", "Three", "--holder", "Carl")
        again = flows.bea("org", "replace", "Three", "--holder", "Anna", "--ask", "Carl", want=1)
        self.assertEqual(again["code"], "signed_another")
        self.assertEqual(flows.bea("org", "replace", "Three", "--withdraw")["withdrawn"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
