// An organisation with its holders, a person to be warned, and alerts between them; all seeded.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <set>

#include "crypto/base/rng.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/verdict.h"

namespace tocsin {

inline LanguageCode language(const char (&code)[3]) {
  return LanguageCode({static_cast<std::uint8_t>(code[0]), static_cast<std::uint8_t>(code[1])});
}

inline Step step_of(Phrase phrase) {
  return {static_cast<std::uint16_t>(phrase),
          std::string(phrase_text(Language::kEnglish, phrase).text)};
}

class AlertWorld {
 public:
  using Pair = KeyPair<SigningPublic, SigningSecret>;
  static constexpr Day kToday{20'000};

  AlertWorld() {
    for (int i = 0; i < 8; ++i) holders.push_back(make_signing_pair(rng));
    target = rng.draw<IdentityPublic>();
    nonce = rng.draw<RecipientNonce>();
    chain = std::make_unique<CharterChain>(found(charter({0, 1, 2}, 2), {0, 1}));
  }

  Charter charter(std::initializer_list<std::size_t> who, std::uint8_t threshold) const {
    static const std::vector<std::string> kNames{"Amina",  "Boris", "Chloe", "Dmitri",
                                                 "Esther", "Farid", "Greta", "Hugo"};
    Charter made;
    made.issued = days_before(kToday, 100);
    made.threshold = threshold;
    made.names = {{language("ar"), "مختبر الأمل"}, {language("en"), "Hope Lab"}};
    for (const std::size_t i : who) made.holders.push_back({kNames[i], holders[i].public_key});
    return made;
  }
  Charter successor(const CharterChain& of, std::initializer_list<std::size_t> who,
                    std::uint8_t threshold) const {
    Charter made = charter(who, threshold);
    made.version = of.newest().charter.version + 1;
    made.id = of.id();
    made.previous = of.newest().hash;
    return made;
  }
  Dsse signed_document(DocumentKind kind, Bytes body,
                       std::initializer_list<std::size_t> signers) const {
    Dsse envelope{kind, std::move(body), {}};
    for (const std::size_t i : signers)
      envelope.signatures.push_back(sign_document(holders[i].secret, kind, envelope.body));
    return envelope;
  }
  Dsse signed_charter(const Charter& charter, std::initializer_list<std::size_t> signers) const {
    return signed_document(DocumentKind::kCharter, encode_charter(charter).value(), signers);
  }
  CharterChain found(const Charter& first, std::initializer_list<std::size_t> signers) const {
    const Dsse envelope = signed_charter(first, signers);
    return CharterChain::found(envelope, charter_id_of(envelope.body), days_before(kToday, 50))
        .value();
  }

  AlertBody body() { return body_under(*chain); }
  AlertBody body_under(const CharterChain& organisation) {
    AlertBody made;
    made.id = rng.draw<AlertId>();
    made.kind = AlertKind::kNotification;
    made.level = AlertLevel::kInfected;
    made.confidence = Confidence::kHigh;
    made.basis = {Basis::kTracesOnDevice, Basis::kMessageAnalysed};
    made.charter_id = organisation.id();
    made.charter_hash = organisation.newest().hash;
    made.charter_version = organisation.newest().charter.version;
    made.recipient = recipient_digest(nonce, target);
    made.issued = kToday;
    made.window_from = days_before(kToday, 30);
    made.window_until = days_before(kToday, 20);
    made.valid_until = days_after(kToday, 60);
    made.catalogue = catalogue_hash();
    made.text_language = language("en");
    made.page_languages = {language("ar"), language("en")};
    made.do_first = {step_of(Phrase::kDoKeepAsItIs), step_of(Phrase::kDoPutAway)};
    made.do_not = {step_of(Phrase::kDontReset), step_of(Phrase::kDontSpeakNear)};
    made.device = "your black phone";
    made.call = "Hope Lab, +49 30 1234567";
    made.text = "We checked the copy you gave us.\nPlease call.";
    return made;
  }
  AlertBody withdrawal_of(const AlertBody& alert) {
    AlertBody made = alert;
    made.id = rng.draw<AlertId>();
    made.kind = AlertKind::kWithdrawal;
    made.level = AlertLevel::kNone;
    made.confidence = Confidence::kNone;
    made.basis.clear();
    made.window_from = made.window_until = Day{};
    made.family.clear();
    made.do_first.clear();
    made.do_not.clear();
    made.withdraws = alert.id;
    return made;
  }
  AlertMessage message(const AlertBody& body, std::initializer_list<std::size_t> signers) const {
    return {nonce, signed_document(DocumentKind::kAlert, encode_alert_body(body).value(), signers)};
  }

  // Shows the message as the target's client would, remembering what it must.
  Evaluation show(const AlertMessage& message, Day today = kToday) {
    const std::vector<KnownOrganisation> organisations{
        {chain.get(), confirmed_by, days_before(kToday, 5), "the lab"}};
    Evaluation result = evaluate({message, organisations, target, history, today});
    if (result.remember) history.push_back(*result.remember);
    return result;
  }

  CosignRequest request(const AlertBody& body) const {
    return {.case_label = "case 17",
            .verified = RecipientVerified::kCall,
            .note = "compared in a call on Monday",
            .recipient = target,
            .nonce = nonce,
            .body = encode_alert_body(body).value()};
  }

  SeededRng rng{42};
  std::vector<Pair> holders;
  IdentityPublic target;
  RecipientNonce nonce;
  std::unique_ptr<CharterChain> chain;
  ConfirmedBy confirmed_by = ConfirmedBy::kSpokenWords;
  std::vector<FirstVerdict> history;
};

class AlertTest : public testing::Test {
 protected:
  AlertWorld world;
};

template <class T>
Code code_of(const Result<T>& result) {
  return result.has_value() ? Code{} : result.error().code;
}

}  // namespace tocsin
