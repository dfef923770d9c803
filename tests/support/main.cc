#include <gtest/gtest.h>

#include "crypto/box/box.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!tocsin::start_crypto().has_value()) return 1;
  return RUN_ALL_TESTS();
}
