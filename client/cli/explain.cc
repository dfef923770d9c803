#include "client/cli/explain.h"

#include "client/codes.h"
#include "protocol/wire/message.h"

namespace tocsin {
namespace {

struct Words {
  Code code;
  Exit exit;
  const char* error;
  const char* hint;
};

// Codes a person can do something about; everything else is told by its name.
constexpr Words kWords[] = {
    {kNoVault, Exit::kNoVault, "there is no vault here",
     "make one with `tocsin init`, or name its folder with --vault"},
    {kNoTerminal, Exit::kFailed, "there is no terminal to ask at",
     "give --passphrase-file, --passphrase-fd or --key-file; texts come by --file or standard "
     "input"},
    {kBrokenOff, Exit::kFailed, "broken off at the prompt", "nothing was done: start again"},
    {kWeakPassphrase, Exit::kUsage, "this passphrase is too short to hold",
     "at least 8 letters; `tocsin init --generate words` makes one of six words"},
    {kFileInTheWay, Exit::kFailed, "where a file is to be written there is one already",
     "name another one: nothing is overwritten, and nothing was done"},
    {kOutputLost, Exit::kFailed, "what was to be shown could not be written",
     "what came stays unread: look again, where there is room or somebody who reads"},
    {kNoCodeInPicture, Exit::kUsage, "no QR code can be read in this picture, or more than one",
     "a PNG with one code, sharp and whole"},
    {kNoPictureReader, Exit::kFailed, "pictures cannot be read here",
     "install libzbar0, or give the link or the digits as text"},
    {kRequesterLeft, Exit::kNotVerified,
     "who asks for your signature holds no key of this organisation, or none any more",
     "do not sign it; ask the other holders by another way"},
    {kSignedAnother, Exit::kFailed,
     "another next charter of this organisation is open here, and you have signed it",
     "agree on one with the others; `tocsin org replace ORG --withdraw` gives yours up"},
    {kMovedAway, Exit::kFailed, "this vault was moved to another device, and does nothing here",
     "use it there; `tocsin move` writes the same file again, `tocsin wipe` ends it here"},
    {kNobodyTyped, Exit::kLocked, "nothing was typed for a while, so the vault was locked",
     "start again; what was written is kept"},
    {kVaultExists, Exit::kFailed, "there is a vault here already",
     "use it, or name another folder with --vault"},
    {kUnsupportedVersion, Exit::kFailed, "this is of a later version of tocsin",
     "install the newer version"},
    {kLocked, Exit::kLocked, "another tocsin holds this vault",
     "wait, raise --wait, or use the running `tocsin run`"},
    {kOwnerGone, Exit::kFailed, "the running tocsin ended before it answered",
     "it may have done what you asked: look with `tocsin inbox`, `contacts` or `alert list` first"},
    {kWrongPassphrase, Exit::kLocked, "nothing here opens this vault",
     "check keyboard and capital letters; the recovery words open it too"},
    {kWiped, Exit::kNoVault, "this vault's keys are destroyed",
     "make a new one with `tocsin init`"},
    {kDamaged, Exit::kFailed, "the vault is damaged",
     "stop using this disk; restore a copy of the whole folder"},
    {kTooNew, Exit::kFailed, "this vault was written by a newer tocsin",
     "install the newer version"},
    {kDiskFull, Exit::kFailed, "the disk is full",
     "make room; nothing was lost, nothing was half written"},
    {kSlotsFull, Exit::kFailed, "all eight slots are in use",
     "remove one with `tocsin vault slots --remove NUMBER`"},
    {kNoRelay, Exit::kNoRelay, "the relay does not answer",
     "check the network, and try `tocsin relay check`; what was queued before is kept"},
    {kWrongStore, Exit::kFailed, "this is not the relay its address names",
     "somebody answers in its place, or it was set up anew: ask the operator for its address"},
    {kNetHandshake, Exit::kFailed, "this is not the relay its address names",
     "somebody answers in its place, or it was set up anew: ask the operator for its address"},
    {kNetBadProxy, Exit::kUsage, "this proxy cannot be used",
     "give it as HOST:PORT, e.g. 127.0.0.1:9050"},
    {kUsedOrWithdrawn, Exit::kFailed,
     "this invitation is not there any more: it was used already, withdrawn, or its days are over",
     "if it was not you, tell the person by another way, and ask for a new one"},
    {kBadLink, Exit::kUsage, "this is not an invitation, or a part of it is missing",
     "copy it again from its first to its last letter, or use the file"},
    {kAlreadyKnown, Exit::kFailed, "you know this person already",
     "see `tocsin contacts`; if they lost the contact, and told you so: accept --again"},
    {kOwnInvitation, Exit::kFailed, "this is your own invitation",
     "give it to the person it is for"},
    {kNoSuchContact, Exit::kFailed, "no contact has this name", "`tocsin contacts` lists them"},
    {kOtherFile, Exit::kUsage, "this is no file for this command, or it is damaged",
     "`alert request` and `org request` write questions; `alert sign`, `alert refuse` and `org "
     "sign` answer them there; `collect` takes answers"},
    {kOrganisationNotConfirmed, Exit::kNotVerified,
     "this organisation was not confirmed here, so nothing is signed for it",
     "compare its words with another holder (`tocsin org show ORG`), then `tocsin org confirm`; "
     "with --key-file-of give them as --words"},
    {kOnionWithoutTor, Exit::kUsage, "this relay is an onion service, and this vault has no proxy",
     "`tocsin relay add ADDRESS --proxy 127.0.0.1:9050` for Tor; nothing was dialled"},
    {kNoSuchSeat, Exit::kUsage, "no holder of this name is to be asked by a file",
     "name one with --holder as `--by-file` named them"},
    {kBadSignature, Exit::kNotVerified, "this was not signed by whom it names, or was changed",
     "do not use it; carry it again, or ask by another way"},
    {kNoBulkPlane, Exit::kFailed, "no relay of yours stores evidence",
     "it needs one with a password that says so: `tocsin relay add ADDRESS --relay-password-file "
     "FILE`"},
    {kFileChanged, Exit::kFailed, "the file changed while it was being sent",
     "send it again when nothing writes to it any more"},
    {kNoSuchEvidence, Exit::kUsage, "no such file was sent or offered",
     "`tocsin evidence list` lists them"},
    {kBadRecipient, Exit::kUsage, "this is no public key of age",
     "age1…, whole: `age-keygen -y` prints it from a key file"},
    {kNoSpace, Exit::kFailed, "the disk has too little room for this file",
     "make room, or name another folder with --folder"},
    {kNoRecipient, Exit::kFailed, "none of these keys opens this age file",
     "ask who made it for whom it is; --identity takes the key file of that one"},
    {kBadCiphertext, Exit::kFailed, "this was changed, or cut, since it was encrypted",
     "get it again from where it came"},
    {kBagName, Exit::kFailed, "a bag cannot have a file of this name",
     "rename it, or export it with --age"},
    {kTimeStampRefused, Exit::kFailed, "the authority gave no time stamp",
     "ask another one, or export without --tsa"},
    {kOtherTimeStamp, Exit::kNotVerified, "this time stamp is no answer to this question",
     "FILE.tsr needs the FILE.tsq that it answers beside it"},
    {kNoTimeStamp, Exit::kFailed, "the time-stamping authority did not answer",
     "try later, or export with --tsq and carry the question there"},
    {kBadIdentity, Exit::kUsage, "this is no key file of age",
     "`age-keygen` writes one: a line AGE-SECRET-KEY-1…"},
    {kRelayFull, Exit::kFailed, "the relay has no room for evidence now",
     "it goes on by itself when the receiver has taken what lies there"},
    {kContactEnded, Exit::kFailed, "this contact was ended: nothing reaches them any more",
     "what was said stays; an invitation, from either side, begins anew"},
    {kNoSuchOrganisation, Exit::kFailed, "no such organisation", "`tocsin org show` lists them"},
    {kTwoOfOneName, Exit::kUsage, "more than one organisation can be meant",
     "`tocsin org show` lists them: give the number"},
    {kNoSuchAlert, Exit::kFailed, "no such alert", "`tocsin alert list` lists them"},
    {kNotAHolder, Exit::kFailed, "this vault holds no signing key of this organisation",
     "only its holders can sign"},
    {kNotReady, Exit::kFailed, "this cannot be done in its present state",
     "`tocsin alert list`, `org show` and `evidence status` tell how far things are"},
    {kNotConfirmed, Exit::kNotVerified, "what you typed is not the same",
     "nothing was changed; compare again, letter by letter"},
    {kTooFewSigners, Exit::kFailed, "not enough holders have signed yet",
     "`tocsin alert list` shows who; it can be sent when the last one has signed"},
    {kWrongRecipient, Exit::kNotVerified, "the alert is not signed for the person it names",
     "do not sign it; ask the requester by another way"},
    {kCharterNotNewest, Exit::kFailed, "the organisation's charter has changed since",
     "draft the alert anew"},
    {kCatalogueDiffers, Exit::kFailed, "it was written with another version of the phrases",
     "bring both programs to the same version"},
    {kNotPlainText, Exit::kUsage, "the text holds characters or links an alert must not carry",
     "plain words only: no links, no markup, no control characters"},
    {kForbiddenValue, Exit::kUsage, "these details contradict each other",
     "a notification needs level, confidence and device, and both days of its window or none; "
     "other "
     "kinds have none of these"},
    {kBadCharter, Exit::kUsage, "this is not a charter that can hold",
     "at least as many different holders as signatures needed, names of 1 to 96 bytes"},
    {kTooLarge, Exit::kUsage, "too long", "shorten it"},
    {kConstraint, Exit::kFailed, "this name is taken", "choose another one"},
    {kPeerSilent, Exit::kFailed, "nothing more can be sent until this person is heard from",
     "ask them by another way to open tocsin"},
    {kClientBadUsage, Exit::kUsage, "this cannot be meant", "see --help"},
};

const char* answer_hint(std::int64_t answer) {
  switch (static_cast<Answer>(answer)) {
    case Answer::kRefused:
      return "it may want a password (--relay-password-file), or it is closing";
    case Answer::kFull:
      return "the mailbox is full; it empties when its owner reads";
    case Answer::kBusy:
      return "it is busy; try again in a minute";
    default:
      return "`tocsin relay check` tells more";
  }
}

std::string name_of(Code code) {
  for (const auto naming : {crypto_code_name, protocol_code_name, client_code_name}) {
    const std::string_view name = naming(code);
    if (!name.empty()) return std::string(name);
  }
  return std::to_string(static_cast<unsigned>(code));
}

}  // namespace

Report explain(const Error& error) {
  if (error.code == kNoSuchFile) {
    Report report = failed(Exit::kUsage, std::string("not there: ") + error.where,
                           "check the path that the command names; nothing was done");
    report.data.set("code", name_of(error.code));
    return report;
  }
  const std::string place = name_of(error.code) + " at " + error.where;
  for (const Words& words : kWords) {
    if (words.code == error.code) {
      Report report = failed(words.exit, words.error, words.hint);
      report.data.set("code", name_of(error.code));
      return report;
    }
  }
  if (error.code == kRelayRefused) {
    Report report = failed(Exit::kFailed, std::string("the relay refused: ") + error.where,
                           answer_hint(error.detail));
    report.data.set("code", name_of(error.code));
    return report;
  }
  Report report = failed(Exit::kFailed, place + " (" + std::to_string(error.detail) + ")",
                         "`tocsin doctor` may tell more");
  report.data.set("code", name_of(error.code));
  return report;
}

}  // namespace tocsin
