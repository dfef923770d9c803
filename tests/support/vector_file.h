// tests/support/vector_file.h: the test vectors beside the specification: lines of `name = hex`.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "crypto/base/bytes.h"

namespace tocsin::testing_support {

// TOCSIN_VECTORS is the folder of the vectors, set by the test's CMakeLists.txt.
inline std::map<std::string, std::string> read_vectors(const std::string& path) {
  std::map<std::string, std::string> vectors;
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  for (std::string line; std::getline(file, line);) {
    const std::size_t equals = line.find(" = ");
    if (line.empty() || line.front() == '#' || equals == std::string::npos) continue;
    vectors[line.substr(0, equals)] = line.substr(equals + 3);
  }
  return vectors;
}

}  // namespace tocsin::testing_support
