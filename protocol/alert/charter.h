// protocol/alert/charter.h: who may sign for an organisation, and how that list changes.
//
// Spec:    protocol/spec/charter.md CHA-1 … CHA-5
// Shape:   1 … kMaxHolders holders, k of them decide; versions 1, 2, 3 … chained by hash
// Errors:  bad_charter, charter_unchained, charter_lower, charter_fork, too_few_signers, malformed
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/alert/dsse.h"

namespace tocsin {

// Two lower-case letters of ISO 639-1.
using LanguageCode = Fixed<struct LanguageCodeTag, 2>;

Status check_language(const LanguageCode& language);

struct Holder {
  std::string name;
  SigningPublic alert_key;
  friend bool operator==(const Holder&, const Holder&) = default;
};

struct LocalName {
  LanguageCode language;
  std::string name;
  friend bool operator==(const LocalName&, const LocalName&) = default;
};

inline constexpr std::uint8_t kDefaultThreshold = 2;  // of three holders: survives one lost key

struct Charter {
  std::uint32_t version = 1;
  CharterId id;          // zero inside version 1, whose bytes make it
  CharterHash previous;  // zero in version 1
  Day issued;            // the signers' claim, shown only
  std::uint8_t threshold = kDefaultThreshold;
  std::vector<LocalName>
      names;  // ascending by language; the first of English, else the first, leads
  std::vector<Holder> holders;
  friend bool operator==(const Charter&, const Charter&) = default;
};

// Strict both ways: a charter that breaks a rule is neither written nor read.
Result<Bytes> encode_charter(const Charter& charter);
Result<Charter> decode_charter(BytesView body);

CharterId charter_id_of(BytesView first_body);  // of version 1 only
CharterHash charter_hash_of(BytesView body);    // of any version
// The name to show for a language; the English one, else the first.
const std::string& charter_name(const Charter& charter, const LanguageCode& language);

// All versions of one organisation that this client accepted, oldest first.
class CharterChain {
 public:
  enum class Accepted : std::uint8_t { kNew = 1, kKnown = 2 };
  struct Link {
    Charter charter;
    CharterHash hash;
    Dsse envelope;
    Day accepted;  // by this client's own clock
  };

  // Version 1, signed by k of its own holders; its bytes must hash to `expected`.
  static Result<CharterChain> found(const Dsse& first, const CharterId& expected, Day today);
  // Version newest + 1, signed by k holders of the newest. On an error nothing changed.
  Result<Accepted> accept(const Dsse& next, Day today);

  const CharterId& id() const { return id_; }
  const Link& newest() const { return links_.back(); }
  const std::vector<Link>& links() const { return links_; }
  const Link* find(const CharterHash& hash) const;

  // The durable form; decoding checks every signature again.
  Bytes encode() const;
  static Result<CharterChain> decode(BytesView bytes, const CharterId& expected);
  // The form for others: the same with all days zero, which are nobody else's business; the
  // receiver notes its own day, never the sender's (a day chosen by a sender would stretch CHA-4's
  // grace).
  Bytes to_offer() const;
  static Result<CharterChain> from_offer(BytesView bytes, const CharterId& expected, Day today);

 private:
  CharterChain() = default;
  CharterId id_;
  std::vector<Link> links_;
};

// The place of a key among holders.
std::optional<std::size_t> holder_of(const std::vector<Holder>& holders, const SigningPublic& key);

// Which holders of `charter` signed the envelope, by index.
std::vector<std::size_t> signing_holders(const Dsse& envelope, const Charter& charter);

}  // namespace tocsin
