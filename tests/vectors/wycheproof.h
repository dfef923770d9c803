// tests/vectors/wycheproof.h: reads one file of Project Wycheproof's vectors (C2SP/wycheproof).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/base/bytes.h"

namespace tocsin {

struct WycheproofCase {
  const nlohmann::json& group;
  const nlohmann::json& test;

  Bytes bytes(const char* name) const { return from_hex(test.at(name).get<std::string>()).value(); }
  Bytes group_bytes(const char* object, const char* name) const {
    return from_hex(group.at(object).at(name).get<std::string>()).value();
  }
  std::size_t number(const char* name) const { return test.at(name).get<std::size_t>(); }
  bool is_valid() const { return test.at("result") == "valid"; }
  bool has_flag(const char* flag) const {
    return std::ranges::find(test.at("flags"), flag) != test.at("flags").end();
  }
};

// Runs `check` over every case of the file; skips visibly where the file is not there.
inline void for_each_case(const char* file,
                          const std::function<void(const WycheproofCase&)>& check) {
  std::ifstream stream(std::string(TOCSIN_SHARED_DATA "/vectors/wycheproof/") + file);
  if (!stream.is_open()) GTEST_SKIP() << file << " is not there";
  const nlohmann::json content = nlohmann::json::parse(stream);
  std::size_t seen = 0;
  for (const auto& group : content.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      SCOPED_TRACE("tcId " + std::to_string(test.at("tcId").get<int>()) + " " +
                   test.at("comment").get<std::string>());
      check({group, test});
      ++seen;
    }
  }
  EXPECT_EQ(seen, content.at("numberOfTests").get<std::size_t>());
}

}  // namespace tocsin
