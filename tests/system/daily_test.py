"""tests/system/daily_test.py: what people use day after day: pictures, receipts, what is kept and for how long."""

from programs import Faults, SystemTest, main, within


class DailyTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.home = self.relay()
        self.anna = self.person("anna", self.home)

    def both(self):
        bea = self.person("bea")
        self.pair(self.anna, bea)
        return bea

    def state(self, person, words):
        return [one for one in person.do("sent")["sent"] if one["words"] == words][0]

    def test_an_invitation_and_a_safety_number_travel_as_pictures(self):
        bea, picture = self.person("bea"), self.folder / "invitation.png"
        self.anna.do("invite", "bea", "--qr-file", picture)
        bea.do("accept", picture, "--name", "anna")
        self.settle(self.anna, bea)
        number = self.folder / "number.png"
        self.anna.do("verify", "bea", "--qr-file", number)
        self.assert_has_hint(self.anna.run("verify", "bea", "--picture", number), 2)  # her own
        self.assertTrue(bea.do("verify", "anna", "--picture", number)["verified"])
        self.assertEqual(bea.do("contacts")["contacts"][0]["verified"], "verified by picture")
        self.assert_has_hint(bea.run("verify", "anna", "--picture", picture), 5)  # a code, and no number

    def test_what_is_no_picture_or_has_no_code_is_told(self):
        bea = self.both()
        text, blank = self.folder / "text.png", self.folder / "blank.png"
        text.write_text("no picture")
        # One grey pixel, by hand: nothing to read.
        blank.write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010800000000"
                                        "3a7e9b550000000a49444154789c63680000008200816b9cb65a0000000049454e44ae426082"))
        for file in (text, blank):
            self.assert_has_hint(bea.run("verify", "anna", "--picture", file), 2)
        self.assert_has_hint(bea.run("verify", "anna", "--picture", self.folder / "gone"))

    # DLV-7.1
    def test_whoever_switches_receipts_off_sends_none(self):
        bea = self.both()
        bea.do("receipts", "off")
        self.anna.do("send", "bea", text="do you read me?")
        self.settle(self.anna, bea)
        self.assertEqual(bea.texts(), ["do you read me?"])
        self.settle(bea, self.anna)
        self.assertEqual(self.state(self.anna, "do you read me?")["state"], "at the relay")
        bea.do("receipts", "on")
        self.anna.do("send", "bea", text="and now?")
        def read():
            self.settle(self.anna, bea)
            bea.texts()
            return self.state(self.anna, "and now?")["state"] == "read"
        self.assertTrue(within(30, read))
        self.assert_has_hint(bea.run("receipts", "sometimes"), 2)

    def test_two_days_without_a_receipt_say_call(self):
        faults = Faults(self.folder, "anna")
        if not self.has_faults():
            self.skipTest("the clock cannot be moved in a sanitized build")
        bea = self.both()
        self.anna.faults = faults
        self.anna.do("send", "bea", text="are you there?")
        sent = self.state(self.anna, "are you there?")
        self.assertEqual((sent["age"], sent["call"]), ("0 min", False))
        faults.clock_off_by(2.1)
        sent = self.state(self.anna, "are you there?")
        self.assertEqual((sent["age"], sent["call"]), ("2 d", True))

    def test_what_is_not_to_be_kept_goes_and_the_rest_stays(self):
        faults = Faults(self.folder, "bea")
        if not self.has_faults():
            self.skipTest("the clock cannot be moved in a sanitized build")
        bea = self.both()
        for text in ("read", "not read"):
            self.anna.do("send", "bea", text=text)
            self.settle(self.anna, bea)
            if text == "read":
                bea.do("inbox")
        bea.do("send", "anna", text="written")
        self.settle(bea, self.anna)
        self.assertEqual(bea.do("keep", "anna")["days"], 0)
        bea.do("keep", "anna", 7)
        self.assertEqual(len(bea.do("sent")["sent"]), 1)
        bea.faults = faults
        faults.clock_off_by(2)
        bea.run("sync")  # a day's tidying, with a relay that says the day is not far off
        faults.clock_off_by(8)
        bea.do("keep", "anna", 7)
        self.assertEqual(bea.do("sent")["sent"], [])
        self.assertEqual([one["text"] for one in bea.do("inbox", "--all")["messages"]], ["not read"])
        for wrong in ("0", "-1", "soon"):
            self.assert_has_hint(bea.run("keep", "anna", "--", wrong), 2)

    def has_faults(self):
        import programs
        return bool(programs.FAULT_LIBRARY)


if __name__ == "__main__":
    main()
