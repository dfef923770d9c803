// The published vectors of both ratchets, and the phrases, are what the code computes, byte for
// byte: SES-12.3, FCT-9.1. TOCSIN_WRITE_VECTORS=1 writes the files anew; a change of theirs is a
// change of protocol.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/vectors/vector_text.h"

namespace tocsin::vectors {
namespace {

const std::filesystem::path kFolder = TOCSIN_SPEC "/vectors";

void check(const VectorFile& file) {
  const std::filesystem::path path = kFolder / file.name;
  if (std::getenv("TOCSIN_WRITE_VECTORS") != nullptr) {
    std::filesystem::create_directories(kFolder);
    std::ofstream(path, std::ios::binary) << file.text;
  }
  std::ifstream stream(path, std::ios::binary);
  std::stringstream published;
  published << stream.rdbuf();
  // Not EXPECT_EQ: a difference would print a megabyte.
  EXPECT_TRUE(published.str() == file.text) << path.filename() << " differs";
}

TEST(RatchetVectorsTest, TheSessionTranscriptIsAsPublished) { check(session_vectors()); }
TEST(RatchetVectorsTest, TheFirstContactsAreAsPublished) { check(first_contact_vectors()); }
// PHR-3.1
TEST(PhrasesVectorsTest, TheCatalogueIsAsPublished) { check(phrases_vectors()); }

}  // namespace
}  // namespace tocsin::vectors
