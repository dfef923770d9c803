// crypto/base/overloaded.h: visits a closed set: a case that is missing does not compile.
//
// Shape:   std::visit(Overloaded{[](const A&) {…}, [](const B&) {…}}, variant)
#pragma once

#include <variant>

namespace tocsin {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace tocsin
