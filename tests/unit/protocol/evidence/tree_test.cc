#include "protocol/evidence/tree.h"

#include <gtest/gtest.h>

#include <span>

#include "crypto/base/codes.h"
#include "crypto/base/rng.h"

namespace tocsin {
namespace {

// RFC 6962 section 2.1, word by word and not incrementally.
Sha256 by_definition(std::span<const Sha256> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t left = 1;
  while (left * 2 < leaves.size()) left *= 2;
  const Bytes prefix{0x01};
  return sha256({prefix, by_definition(leaves.first(left)).view(),
                 by_definition(leaves.subspan(left)).view()});
}

class TreeTest : public testing::Test {
 protected:
  Sha256 leaf() { return rng_.draw<Sha256>(); }
  SeededRng rng_{1};
};

// EVI-3.1
TEST_F(TreeTest, TheRootIsTheDefinitionsAtEveryCount) {
  std::vector<Sha256> leaves;
  FrameTree tree;
  EXPECT_EQ(tree.root(), by_definition(leaves));
  for (std::size_t count = 1; count <= 300; ++count) {
    leaves.push_back(leaf());
    tree.append(leaves.back());
    ASSERT_EQ(tree.root(), by_definition(leaves)) << count;
    ASSERT_EQ(tree.count(), count);
  }
}

// EVI-3.1: what RFC 6962's own implementation gives for the leaves "", 00, 10, 20 21, 30 31.
TEST_F(TreeTest, RootsThatOthersPublished) {
  const Bytes prefix{0x00};
  FrameTree tree;
  const auto append = [&](std::string_view hex) {
    const Bytes data = from_hex(hex).value();
    tree.append(sha256({prefix, data}));
    return to_hex(tree.root().view());
  };
  EXPECT_EQ(append(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(append("00"), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  EXPECT_EQ(append("10"), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
  EXPECT_EQ(append("2021"), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
  EXPECT_EQ(append("3031"), "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4");
}

TEST_F(TreeTest, ATreeThatWasKeptGrowsOn) {
  FrameTree whole;
  for (int i = 0; i < 77; ++i) whole.append(leaf());
  FrameTree resumed = FrameTree::resume(whole.count(), whole.peaks()).value();
  for (int i = 0; i < 50; ++i) {
    const Sha256 next = leaf();
    whole.append(next);
    resumed.append(next);
  }
  EXPECT_EQ(resumed.root(), whole.root());
  EXPECT_EQ(resumed.count(), whole.count());
  EXPECT_EQ(FrameTree::resume(3, {leaf()}).error().code, kMalformed);
  EXPECT_EQ(FrameTree::resume(kMostFrames + 1, {leaf(), leaf()}).error().code, kMalformed);
}

// EVI-3.1, EVI-3.2
TEST_F(TreeTest, ALeafIsOfIvAndTag) {
  Bytes frame(kFrameBytes, 1);
  const Sha256 before = frame_leaf(frame);
  frame[kFrameIvBytes] ^= 1;  // ciphertext: bound by the tag
  EXPECT_EQ(frame_leaf(frame), before);
  frame[0] ^= 1;
  EXPECT_NE(frame_leaf(frame), before);
  frame[0] ^= 1;
  frame.back() ^= 1;
  EXPECT_NE(frame_leaf(frame), before);
}

}  // namespace
}  // namespace tocsin
