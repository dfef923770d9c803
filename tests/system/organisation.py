"""tests/system/organisation.py: the main job as its people type it: an organisation of two holders
and an offline key, its charter confirmed by the target, an alert co-signed, sent, read, answered."""

NAME = "Hope Lab"
CASE = "case 17"
DETAILS = f"""level = "infected"
confidence = "high"
basis = "traces"
device = "your black phone"
call = "Hope Lab, +49 30 1234567"
case = "{CASE}"
"""


def found(test, lab, colleague, target):
    """The organisation stands, and the target has confirmed its words."""
    offline = lab.folder / "safe.key"
    lab.do("org", "create", NAME, "--holder", colleague.name, "--offline-key", f"safe={offline}")
    test.settle(lab, colleague)
    colleague.do("org", "sign", NAME, "--yes")
    test.settle(colleague, lab, colleague)
    colleague.do("org", "sign", NAME, "--yes")
    test.settle(colleague, lab, colleague)
    lab.do("org", "offer", NAME, target.name)
    test.settle(lab, target)
    words = colleague.do("org", "show", NAME)["words"]
    target.do("org", "confirm", NAME, "--words", words)


def send_alert(test, lab, colleague, target, text):
    """Drafted, co-signed and at the relay; the target has not read it yet."""
    details = lab.folder / "details.toml"
    details.write_text(DETAILS)
    draft = lab.do("alert", "draft", target.name, "--org", NAME, "--details", details,
                   text=text)["alert"]
    test.settle(lab, colleague)
    waiting = [each for each in colleague.do("alert", "list")["drafts"] if not each["ours"]]
    colleague.do("alert", "sign", waiting[-1]["alert"], "--confirm", CASE)
    test.settle(colleague, lab)
    lab.do("alert", "send", draft)
    test.settle(lab)


def received(target):
    return target.do("alert", "list")["received"]
