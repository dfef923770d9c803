// client/cli/alert_choices.h: the names a drafter gives kinds, levels, confidences and bases.
//
// Spec:    protocol/spec/alert.md ALT-2
// Shape:   one table per choice; an empty name stands for "not said"
// Threads: constant data
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/alert/body.h"

namespace tocsin {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

inline constexpr std::array<Named<AlertKind>, 3> kKinds{{{"notification", AlertKind::kNotification},
                                                         {"advisory", AlertKind::kAdvisory},
                                                         {"check-in", AlertKind::kCheckIn}}};
inline constexpr std::array<Named<AlertLevel>, 4> kLevels{{{"", AlertLevel::kNone},
                                                           {"targeted", AlertLevel::kTargeted},
                                                           {"attempted", AlertLevel::kAttempted},
                                                           {"infected", AlertLevel::kInfected}}};
inline constexpr std::array<Named<Confidence>, 4> kConfidences{{{"", Confidence::kNone},
                                                                {"low", Confidence::kLow},
                                                                {"medium", Confidence::kModerate},
                                                                {"high", Confidence::kHigh}}};
inline constexpr std::array<Named<Basis>, 6> kBases{{{"traces", Basis::kTracesOnDevice},
                                                     {"message", Basis::kMessageAnalysed},
                                                     {"network", Basis::kNetworkTraffic},
                                                     {"provider", Basis::kProviderNotice},
                                                     {"list", Basis::kLeakedList},
                                                     {"other", Basis::kOtherEvidence}}};

template <class Table>
auto choice_named(const Table& table, std::string_view name)
    -> std::optional<decltype(table[0].value)> {
  for (const auto& entry : table) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

// "low, medium, high"
template <class Table>
std::string choices_of(const Table& table) {
  std::string names;
  for (const auto& entry : table) {
    if (entry.name.empty()) continue;
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

}  // namespace tocsin
