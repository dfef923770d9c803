// BIP 173's own examples, and the pair of keys that age's specification shows.
#include "crypto/age/bech32.h"

#include <gtest/gtest.h>

#include "crypto/age/keys.h"

namespace tocsin::age {
namespace {

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& letter : made) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return made;
}

TEST(Bech32Test, TheStandardsValidTextsAreRead) {
  for (const std::string_view text :
       {"A12UEL5L",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tg"
        "s",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"}) {
    const Result<Bech32> read = from_bech32(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(lower(to_bech32(lower(read->prefix), read->data.expose(kExpose))), lower(text));
  }
}

TEST(Bech32Test, TheStandardsInvalidTextsAreRefused) {
  for (const std::string_view text :
       {"\x20"
        "1nwldj5",
        "\x7f"
        "1axkwrx",
        "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff", "A1G7SGD8",
        "10a06t8", "1qzzfhee", "A12uEL5L", ""})
    EXPECT_EQ(from_bech32(text).error().code, kMalformed) << text;
}

TEST(Bech32Test, OneCharacterThatChangesIsNoticed) {
  const std::string text = to_bech32("age", Bytes(32, 7));
  for (std::size_t at = 4; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'q' ? 'p' : 'q';
    EXPECT_FALSE(from_bech32(changed).has_value()) << at;
  }
}

TEST(Bech32Test, ThePairOfAgesSpecification) {
  const Identity identity =
      parse_identity("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")
          .value();
  EXPECT_EQ(recipient_text(recipient_of(identity)),
            "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj");
}

}  // namespace
}  // namespace tocsin::age
