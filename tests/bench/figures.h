// tests/bench/figures.h: how the benches count, compare and tell what they found.
//
// Shape:   Row      one line of the table that tests/bench/run prints
//          Pairs    interleaved measurements (ceiling, ours, ceiling, ours …): medians, never means
// Errors:  must(): a bench that cannot go on says why and ends
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crypto/base/result.h"

namespace tocsin::bench {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

inline double seconds_since(Clock::time_point start) {
  return Seconds(Clock::now() - start).count();
}

// Processor time this process has used, all its threads.
inline double process_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "error: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result, const char* what) {
  if (!result.has_value()) {
    give_up(std::string(what) + ": " + result.error().where + " (code " +
            std::to_string(static_cast<int>(result.error().code)) + ", detail " +
            std::to_string(result.error().detail) + ")");
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline double quantile(std::vector<double> values, double part) {
  if (values.empty()) give_up("nothing was measured");
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * part)];
}
inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

// Ours beside its ceiling, measured one after the other.
class Pairs {
 public:
  void add(double ceiling, double ours) {
    ceilings_.push_back(ceiling);
    ours_.push_back(ours);
    ratios_.push_back(ours / ceiling);
  }
  double ceiling() const { return median(ceilings_); }
  double ours() const { return median(ours_); }
  double ratio() const { return median(ratios_); }
  const std::vector<double>& ratios() const { return ratios_; }

 private:
  std::vector<double> ceilings_, ours_, ratios_;
};

// One figure and what is asked of it.
struct Row {
  std::string figure;
  std::string unit;
  double value = 0;
  std::string goal;
  bool met = false;
};

inline nlohmann::json to_json(const Row& row) {
  return {{"figure", row.figure},
          {"unit", row.unit},
          {"value", row.value},
          {"goal", row.goal},
          {"met", row.met}};
}

// A rate against the ceiling named; met when the median ratio reaches `goal`.
inline nlohmann::json to_json(const std::string& figure, const std::string& ceiling,
                              const Pairs& pairs, double goal) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "ratio >= %.2f", goal);
  nlohmann::json json =
      to_json(Row{figure, "/s", pairs.ours(), text.data(), pairs.ratio() >= goal});
  json["ceiling"] = ceiling;
  json["ceiling_value"] = pairs.ceiling();
  json["ratio"] = pairs.ratio();
  json["ratios"] = pairs.ratios();
  return json;
}

}  // namespace tocsin::bench
