#include "client/custody/time_stamp_fetch.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "client/codes.h"
#include "crypto/base/files.h"
#include "crypto/box/timestamp_token.h"

namespace tocsin {
namespace {

// Says one thing to one caller, whatever he asks, and keeps what he said.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 1) != 0 ||
        ::getsockname(listener_.get(), any, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  ~OneAnswer() { heard(); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/tsa"; }
  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  const std::string& heard() {
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void serve() {
    const FileDescriptor caller(::accept(listener_.get(), nullptr, nullptr));
    char part[4096];
    const ssize_t got = ::recv(caller.get(), part, sizeof part, 0);
    heard_.assign(part, got > 0 ? static_cast<std::size_t>(got) : 0);
    for (std::size_t at = 0; at < answer_.size();) {
      const ssize_t sent =
          ::send(caller.get(), answer_.data() + at, answer_.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return;
      at += static_cast<std::size_t>(sent);
    }
  }

  std::string answer_;
  std::string heard_;
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string http(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

TEST(TimeStampFetchTest, ARequestIsPostedAndTheAnswersBytesComeBack) {
  OneAnswer server(http("200 OK", "the answer"));
  const Result<Bytes> got = fetch_time_stamp(server.url(), as_bytes("asked"), "");
  ASSERT_TRUE(got.has_value()) << got.error().detail;
  EXPECT_EQ(as_text(*got), "the answer");
  EXPECT_TRUE(server.heard().starts_with("POST /tsa HTTP/1.1\r\n"));
  EXPECT_NE(server.heard().find("Content-Type: application/timestamp-query\r\n"),
            std::string::npos);
}

TEST(TimeStampFetchTest, WhatIsTooLongOrElsewhereOrAnErrorIsNone) {
  OneAnswer large(http("200 OK", std::string(kMostTimestampBytes + 1, 'a')));
  EXPECT_EQ(fetch_time_stamp(large.url(), as_bytes("a"), "").error().code, kTooLarge);
  OneAnswer most(http("200 OK", std::string(kMostTimestampBytes, 'a')));
  EXPECT_EQ(fetch_time_stamp(most.url(), as_bytes("a"), "")->size(), kMostTimestampBytes);
  OneAnswer moved(
      "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(fetch_time_stamp(moved.url(), as_bytes("a"), "").error().code, kNoTimeStamp);
  OneAnswer gone(http("404 Not Found", "no"));
  EXPECT_EQ(fetch_time_stamp(gone.url(), as_bytes("a"), "").error().detail, 404);
}

TEST(TimeStampFetchTest, OnlyTheWebIsAskedAndOnlyAProxyOfOurKind) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1", ""})
    EXPECT_EQ(fetch_time_stamp(url, as_bytes("a"), "").error().code, kClientBadUsage) << url;
  for (const char* proxy : {"http://127.0.0.1:1", "localhost"})
    EXPECT_EQ(fetch_time_stamp("http://127.0.0.1:1/", as_bytes("a"), proxy).error().code,
              kClientBadUsage);
}

// A name that resolves nowhere reaches the proxy as a name: SOCKS 5, no password offered.
TEST(TimeStampFetchTest, ThroughAProxyNothingIsResolvedHere) {
  OneAnswer proxy(std::string("\x05\xff", 2));
  EXPECT_EQ(
      fetch_time_stamp("http://authority.invalid/", as_bytes("a"), proxy.place()).error().code,
      kNoTimeStamp);
  ASSERT_FALSE(proxy.heard().empty());
  EXPECT_EQ(proxy.heard()[0], '\x05');
}

}  // namespace
}  // namespace tocsin
