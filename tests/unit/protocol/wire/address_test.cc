#include "protocol/wire/address.h"

#include <gtest/gtest.h>

#include "crypto/box/hash.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

RelayAddress address_at(std::string host, std::uint16_t port) {
  return {samples::filled<CurvePublic>(0x12), samples::filled<StorePin>(0x34), std::move(host),
          port};
}

const std::string kKeys = "EhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhI0NDQ0NDQ0NDQ0NDQ0NDQ0";

// WIR-10.1
TEST(AddressTest, APrintedAddressParsesToItself) {
  for (const char* host :
       {"relay.example.org", "localhost", "127.0.0.1", "::1", "2001:db8::8:800:200c:417a",
        "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion", "a-b.c1"}) {
    const RelayAddress address = address_at(host, 4242);
    const auto back = parse_address(print_address(address));
    ASSERT_TRUE(back.has_value()) << host;
    EXPECT_EQ(*back, address);
  }
  EXPECT_EQ(print_address(address_at("::1", 1)), "tocsin-relay:" + kKeys + "@[::1]:1");
}

// WIR-10.1
TEST(AddressTest, EverySecondSpellingIsMalformed) {
  ASSERT_TRUE(parse_address("tocsin-relay:" + kKeys + "@a.org:1").has_value());
  for (const std::string& text : {std::string(),
                                  std::string("tocsin-relay:"),
                                  "tocsin-relay:" + kKeys,
                                  "tocsin-relay:" + kKeys + "@",
                                  "tocsin-relay:" + kKeys + "@a.org",
                                  "tocsin-relay:" + kKeys + "@a.org:",
                                  "tocsin-relay:" + kKeys + "@a.org:0",
                                  "tocsin-relay:" + kKeys + "@a.org:01",
                                  "tocsin-relay:" + kKeys + "@a.org:65536",
                                  "tocsin-relay:" + kKeys + "@a.org:+1",
                                  "tocsin-relay:" + kKeys + "@a.org: 1",
                                  "tocsin-relay:" + kKeys + "@a.org:1 ",
                                  "tocsin-relay:" + kKeys + "@[a.org]:1",
                                  "tocsin-relay:" + kKeys + "@::1:1",
                                  "tocsin-relay:" + kKeys + "@[]:1",
                                  "tocsin-relay:" + kKeys + "=@a.org:1",
                                  "Tocsin-relay:" + kKeys + "@a.org:1",
                                  "tocsin-relay:" + kKeys.substr(1) + "@a.org:1",
                                  "tocsin-relay:" + kKeys.substr(1) + "+@a.org:1",
                                  " tocsin-relay:" + kKeys + "@a.org:1"}) {
    EXPECT_EQ(parse_address(text).error().code, kMalformed) << text;
  }
}

// WIR-10.2
TEST(AddressTest, AHostHasOneSpelling) {
  for (const char* good : {"a", "a.b", "xn--bcher-kva.example", "1.2.3.4", "0.0.0.0",
                           "255.255.255.255", "1a.2b", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
                           "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "1:0:0:2::3", "fe80::1"}) {
    EXPECT_TRUE(check_host(good).has_value()) << good;
  }
  for (const char* bad : {"",
                          ".",
                          "a.",
                          ".a",
                          "a..b",
                          "-a",
                          "a-",
                          "A.org",
                          "a_b",
                          "a b",
                          "1.2.3",
                          "1.2.3.4.5",
                          "01.2.3.4",
                          "256.1.1.1",
                          "1.2.3.4.",
                          "example.1",
                          "::0",
                          "0::1",
                          "1:2:3:4:5:6:7",
                          "1:2:3:4:5:6:7:8:9",
                          "1::2::3",
                          ":1",
                          "1:",
                          ":::",
                          "2001:DB8::1",
                          "::ffff:1.2.3.4",
                          "fe80::1%eth0",
                          "2001:db8::0:1",
                          "1:2:3:4:5:6:7::",
                          "::00001",
                          "x.onion",
                          "a/b",
                          "a@b",
                          "a\nb",
                          "12345678901234567890123456789012345678901234567890123456789012345.a"}) {
    EXPECT_EQ(check_host(bad).error().code, kMalformed) << bad;
  }
  EXPECT_FALSE(check_host(std::string(kMaxHostBytes + 1, 'a')).has_value());
  EXPECT_FALSE(check_host(std::string("a.org\0", 6)).has_value());
}

// WIR-10.3
TEST(AddressTest, TheStorePinIsTheLabelledHashOfTheKey) {
  const auto key = samples::filled<StorePublic>(7);
  EXPECT_EQ(store_pin_of(key), blake2b_of<StorePin>({as_bytes("tocsin/1 store pin"), key.view()}));
}

}  // namespace
}  // namespace tocsin
