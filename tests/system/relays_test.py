"""tests/system/relays_test.py: several relays: one dies for good in the middle of everything, one is left in good order."""

from programs import SystemTest, main, within


class SeveralRelaysTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.one, self.two = self.relay("one"), self.relay("two")
        self.anna, self.bea = self.person("anna", self.one), self.person("bea", self.one)
        for person in (self.anna, self.bea):
            person.do("relay", "add", self.two.address)
        self.pair(self.anna, self.bea)
        self.until_both_know_both_relays()

    def routes(self, person):
        return person.do("contacts")["contacts"][0]["routes"]

    def until_both_know_both_relays(self):
        def know():
            self.settle(self.anna, self.bea)
            return all(self.routes(person) == 2 for person in (self.anna, self.bea))
        self.assertTrue(within(60, know), [person.do("contacts") for person in (self.anna, self.bea)])

    def settled(self, *people):
        """Until nobody has anything left to send, also when a relay does not answer."""
        for _ in range(12):
            if all(person.run("sync", "--for", 2).json["waiting"] == 0 for person in people):
                return
        self.fail("messages still wait")

    # PAI-7.1, PAI-7.3
    def test_one_of_two_dies_for_good_and_nothing_is_lost(self):
        self.bea.do("send", "anna", text="before")
        self.bea.run("sync")
        self.one.kill()  # with what Anna has not fetched yet
        self.bea.run("send", "anna", text="after")
        self.anna.run("send", "bea", text="and back")
        def all_there():
            self.settled(self.anna, self.bea)
            return "after" in self.anna.texts() and "and back" in self.bea.texts()
        self.assertTrue(within(120, all_there))
        # What the dead relay had taken comes when the sender hears nothing: at once, once Anna has told
        # Bea that she is read at the other one only.
        gone = self.anna.run("relay", "remove", f"127.0.0.1:{self.one.port}", "--gone")
        self.assertEqual(gone.code, 0, repr(gone))
        self.assertEqual([one["address"] for one in self.anna.do("relay", "list")["relays"]], [self.two.address])
        self.bea.run("relay", "remove", f"127.0.0.1:{self.one.port}", "--gone")
        def everything():
            self.settled(self.anna, self.bea)
            return set(self.anna.texts()) >= {"before", "after"}
        self.assertTrue(within(60, everything), self.anna.texts())
        self.assertEqual(sorted(self.anna.texts()), ["after", "before"], "each once")
        self.assertEqual(self.bea.texts(), ["and back"])

    def test_an_invitation_lies_at_a_relay_that_answers(self):
        first, second = (one["address"] for one in self.anna.do("relay", "list")["relays"])
        dead = self.one if first == self.one.address else self.two
        dead.kill()
        link = self.anna.run("invite", "cleo").json["link"]
        cleo = self.person("cleo", None)
        self.assertEqual(cleo.run("accept", link, "--name", "anna").code, 0)
        check = self.anna.run("relay", "check")
        self.assertEqual(check.code, 4)
        self.assertIn(f"127.0.0.1:{dead.port}", check.json["error"])
        silent = self.anna.run("sync")
        self.assertEqual(silent.code, 4)
        self.assertIn(f"127.0.0.1:{dead.port}", silent.json["error"])
        (self.one if dead is self.two else self.two).kill()
        refused = self.anna.run("invite", "dora")
        self.assert_has_hint(refused, 4)
        self.assertNotIn("kept", refused.json["hint"])

    # DLV-3.3
    def test_a_session_begins_anew_though_the_first_relay_is_dead(self):
        self.one.kill()
        self.anna.run("contacts", "--reset", "bea")
        def heard():
            self.anna.run("send", "bea", text="after the reset")
            self.settled(self.anna, self.bea)
            return "after the reset" in self.bea.texts()
        self.assertTrue(within(60, heard))

    # PAI-7.2
    def test_a_relay_is_left_in_good_order(self):
        refused = self.anna.run("relay", "remove", "nowhere.example")
        self.assert_has_hint(refused, 2)
        self.anna.do("relay", "remove", self.one.address)
        self.settle(self.anna, self.bea)
        self.assertTrue(within(30, lambda: (self.settle(self.anna, self.bea), self.routes(self.bea) == 1)[1]))
        self.bea.do("send", "anna", text="at the other one")
        self.one.kill()
        self.settled(self.bea, self.anna)
        self.assertEqual(self.anna.texts(), ["at the other one"])
        self.assert_has_hint(self.anna.run("relay", "remove", self.two.address), 1)

    def test_doctor_tells_who_hangs_on_one_relay(self):
        self.assertEqual(self.anna.do("doctor")["on_one_relay"], [])
        self.anna.do("relay", "remove", self.one.address)
        self.settle(self.anna, self.bea)
        self.assertTrue(within(30, lambda: self.anna.run("doctor").json["on_one_relay"] == ["bea"]))


if __name__ == "__main__":
    main()
