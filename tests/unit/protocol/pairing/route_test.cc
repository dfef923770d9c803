#include "protocol/pairing/route.h"

#include <gtest/gtest.h>

#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

using testing_support::route_on;

// PAI-1.1
TEST(RouteTest, ARouteIsKeysPortHostAndMailbox) {
  SeededRng rng(1);
  const Route route = route_on("a.b", rng);
  Writer writer;
  write_route(writer, route);
  EXPECT_EQ(to_hex(writer.view()), to_hex(route.relay.curve.view()) +
                                       to_hex(route.relay.store_pin.view()) + "e324" + "03" +
                                       to_hex(as_bytes("a.b")) + to_hex(route.drop.view()));
  Reader reader(writer.view());
  EXPECT_EQ(read_route(reader).value(), route);
  EXPECT_TRUE(reader.finish("route").has_value());
}

TEST(RouteTest, ARouteCutShortIsRefusedAtEveryLength) {
  SeededRng rng(2);
  Writer writer;
  write_route(writer, route_on("relay.example", rng));
  for (std::size_t size = 0; size < writer.size(); ++size) {
    Reader reader(writer.view().first(size));
    EXPECT_FALSE(read_route(reader).has_value()) << size;
  }
}

// PAI-1.2
TEST(RouteTest, AHostInAnotherSpellingAndPortZeroAreRefused) {
  SeededRng rng(3);
  const auto reads = [&](std::string host, std::uint16_t port) {
    Route route = route_on(std::move(host), rng);
    route.relay.port = port;
    Writer writer;
    write_route(writer, route);
    Reader reader(writer.view());
    return read_route(reader).has_value();
  };
  EXPECT_TRUE(reads("relay.example", 1));
  EXPECT_TRUE(reads("127.0.0.1", 65'535));
  EXPECT_FALSE(reads("relay.example", 0));
  EXPECT_FALSE(reads("", 1));
  EXPECT_FALSE(reads("Relay.example", 1));
  EXPECT_FALSE(reads("relay example", 1));
  EXPECT_FALSE(reads(std::string("a\0b", 3), 1));
  EXPECT_FALSE(reads(std::string(65, 'a'), 1));
}

}  // namespace
}  // namespace tocsin
