// The bulk plane of the real relay: frames go in and come out, across kill −9, and only with the
// password.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/blob/reply.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::test {
namespace {

constexpr const char* kPassword = "a word for this test";
constexpr std::uint32_t kFrames = 100;

Bytes frame_bytes(std::uint32_t index) {
  SeededRng rng(1'000 + index);
  Bytes stored(kStoredFrameBytes);
  rng.fill(stored);
  return stored;
}

// The fault library's (fault_library.cc); nothing in a sanitized build.
constexpr std::string_view kFaultLibrary = TOCSIN_FAULT_LIBRARY;

class BulkTest : public testing::Test {
 protected:
  BulkTest() : BulkTest(RelayProcess::Options{.extra_config = config()}) {}
  explicit BulkTest(RelayProcess::Options options) : relay_(std::move(options)) {}
  static std::string config(const std::string& more = {}) {
    return "access = \"password\"\npassword_file = \"password\"\nbulk_mebibytes = 16\n"
           "bulk_listen = \"127.0.0.1:0\"\n" +
           more;
  }
  void SetUp() override {
    std::ofstream(relay_.folder() / "password") << kPassword << "\n";
    ASSERT_TRUE(relay_.start()) << relay_.logs();
  }

  // As the first port's welcome says now.
  std::uint16_t bulk_port() {
    net::DepositConnection cells(context_, {relay_.address()}, rng_);
    Pump pump(cells);
    EXPECT_TRUE(pump.until_welcome()) << relay_.logs();
    return cells.welcome().value().bulk_port;
  }
  net::Destination bulk() {
    RelayAddress address = relay_.address();
    address.port = bulk_port();
    EXPECT_NE(address.port, 0);
    return {address};
  }
  net::Authorise as_owner() const { return net::as_owner({owner_.public_key, owner_.secret}); }

  const Reply& create(net::BulkConnection& line, Pump& pump, std::uint32_t frames = kFrames) {
    const SecretBytes password = SecretBytes::copy_of(as_bytes(kPassword));
    const RequestId id =
        line.request(CreateBlob{owner_.public_key, frames, kBlobDays},
                     net::as_new_owner({owner_.public_key, owner_.secret}, password))
            .value();
    return *pump.until_reply(id, 20'000);
  }
  // All of them asked for at once; how many were answered ok before the line ended or the time
  // was over.
  std::uint32_t put_all(net::BulkConnection& line, Pump& pump, const ReadId& blob,
                        const std::function<bool(std::uint32_t)>& enough) {
    std::set<RequestId> asked;
    for (std::uint32_t i = 0; i < kFrames; ++i)
      asked.insert(line.put({blob, i}, frame_bytes(i), as_owner()).value());
    std::uint32_t done = 0;
    pump.run(30'000, [&] {
      done = 0;
      for (const Reply* reply : pump.all<Reply>())
        done += asked.contains(reply->id) && reply->answer == Answer::kOk ? 1U : 0U;
      return enough(done) || !pump.all<net::Lost>().empty();
    });
    return done;
  }
  FrameMap map_of(net::BulkConnection& line, Pump& pump, const ReadId& blob) {
    const RequestId id = line.request(StatBlob{blob}).value();
    return decode_stat(pump.until_reply(id)->body).value().map;
  }

  SystemRng rng_;
  net::ZmqContext context_ = net::ZmqContext::create().value();
  RelayProcess relay_;
  KeyPair<OwnerPublic, OwnerSecret> owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
};

// BLB-1.1, BLB-5.1, BLB-7.1
TEST_F(BulkTest, WhatOnePutsAnotherGetsByteForByte) {
  net::BulkConnection sending(context_, bulk(), rng_);
  Pump sender(sending);
  ASSERT_TRUE(sender.until_welcome());
  const ReadId blob = ReadId::from(create(sending, sender).body).value();
  ASSERT_EQ(put_all(sending, sender, blob, [](std::uint32_t done) { return done == kFrames; }),
            kFrames);

  net::BulkConnection reading(context_, bulk(), rng_);
  Pump reader(reading);
  ASSERT_TRUE(reader.until_welcome());
  std::map<RequestId, std::uint32_t> asked;
  for (std::uint32_t i = 0; i < kFrames; ++i)
    asked.emplace(reading.request(GetFrame{blob, i}).value(), i);
  ASSERT_TRUE(reader.run(30'000, [&] { return reader.all<net::GotFrame>().size() == kFrames; }));
  for (const net::GotFrame* got : reader.all<net::GotFrame>())
    EXPECT_EQ(got->stored, frame_bytes(asked.at(got->request)));

  // Figures are told about once a second.
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay_.figure("/bulk/frames") == kFrames; }));
  const RequestId erased = sending.request(DeleteBlob{blob}, as_owner()).value();
  EXPECT_EQ(sender.until_reply(erased)->answer, Answer::kOk);
  EXPECT_TRUE(holds_within(milliseconds(10'000), [&] {
    return relay_.figure("/bulk/frames_free") == 256;
  })) << "overwritten, and free again";
  EXPECT_TRUE(relay_.stop().has_value());
}

// BLB-1.4, BLB-9.2: what was answered is there after kill −9, whatever else is.
TEST_F(BulkTest, WhatWasAnsweredSurvivesAKill) {
  std::optional<ReadId> blob;
  for (const std::uint32_t until : {1U, 20U, 60U}) {
    net::BulkConnection sending(context_, bulk(), rng_);
    Pump sender(sending);
    ASSERT_TRUE(sender.until_welcome());
    blob = ReadId::from(create(sending, sender).body).value();
    const std::uint32_t done =
        put_all(sending, sender, *blob, [&](std::uint32_t many) { return many >= until; });
    ASSERT_GE(done, until);
    ASSERT_TRUE(relay_.restart_after_kill()) << relay_.logs();
    net::BulkConnection again(context_, bulk(), rng_);
    Pump looking(again);
    ASSERT_TRUE(looking.until_welcome());
    EXPECT_GE(map_of(again, looking, *blob).count(), done);
  }
  net::BulkConnection sending(context_, bulk(), rng_);
  Pump sender(sending);
  ASSERT_TRUE(sender.until_welcome());
  EXPECT_EQ(put_all(sending, sender, *blob, [](std::uint32_t done) { return done == kFrames; }),
            kFrames)
      << "the same bytes again are ok";
  for (const std::uint32_t index : {0U, 57U, kFrames - 1}) {
    const RequestId id = sending.request(GetFrame{*blob, index}).value();
    ASSERT_TRUE(sender.run(10'000, [&] {
      return std::ranges::any_of(sender.all<net::GotFrame>(),
                                 [&](const net::GotFrame* got) { return got->request == id; });
    }));
    EXPECT_EQ(sender.all<net::GotFrame>().back()->stored, frame_bytes(index));
  }
}

// BLB-4.1, BLB-4.3
TEST_F(BulkTest, WithoutThePasswordOrRoomNothingIsMade) {
  net::BulkConnection line(context_, bulk(), rng_);
  Pump pump(line);
  ASSERT_TRUE(pump.until_welcome());
  const SecretBytes wrong = SecretBytes::copy_of(as_bytes("not the word at all"));
  const RequestId id = line.request(CreateBlob{owner_.public_key, 1, kBlobDays},
                                    net::as_new_owner({owner_.public_key, owner_.secret}, wrong))
                           .value();
  EXPECT_EQ(pump.until_reply(id, 20'000)->answer, Answer::kRefused);
  const Reply& full = create(line, pump, 257);
  EXPECT_EQ(full.answer, Answer::kFull);
  EXPECT_EQ(decode_free_frames(full.body).value(), 256U);
}

// BLB-1.6: the arena is cut short under the running relay, and is still when it starts again.
TEST_F(BulkTest, AFaultOfTheBulkPlaneIsNotOneOfTheRelay) {
  net::BulkConnection line(context_, bulk(), rng_);
  Pump pump(line);
  ASSERT_TRUE(pump.until_welcome());
  const ReadId blob = ReadId::from(create(line, pump).body).value();
  const RequestId put = line.put({blob, 0}, frame_bytes(0), as_owner()).value();
  ASSERT_EQ(pump.until_reply(put)->answer, Answer::kOk);
  EXPECT_EQ(relay_.figure("/bulk/up"), 1);
  std::filesystem::resize_file(relay_.folder() / "state" / "arena", 0);
  ASSERT_TRUE(line.request(GetFrame{blob, 0}).has_value());
  EXPECT_TRUE(pump.run(10'000, [&] { return relay_.figure("/bulk/up") == 0; }));
  EXPECT_NE(relay_.logs().find("<3>bulk_store_failed"), std::string::npos) << relay_.logs();
  EXPECT_NE(relay_.logs().find("<3>bulk_down"), std::string::npos) << relay_.logs();
  EXPECT_EQ(bulk_port(), 0);
  EXPECT_TRUE(relay_.stop().has_value()) << relay_.logs();
  ASSERT_TRUE(relay_.start()) << relay_.logs();
  EXPECT_EQ(relay_.figure("/bulk/up"), 0);
  EXPECT_EQ(bulk_port(), 0);
  EXPECT_NE(relay_.logs().find("runs without its bulk plane"), std::string::npos);
  EXPECT_TRUE(relay_.stop().has_value());
}

class FaultyDiskTest : public BulkTest {
 protected:
  FaultyDiskTest()
      : BulkTest({.extra_config = config(),
                  .environment = {{"LD_PRELOAD", std::string(kFaultLibrary)},
                                  {"TOCSIN_TEST_BAD_SLOT", switch_file("bad").string()},
                                  {"TOCSIN_TEST_FULL", switch_file("full").string()}}}) {}
  ~FaultyDiskTest() override {
    for (const char* fault : {"bad", "full"}) std::filesystem::remove(switch_file(fault));
  }
  void SetUp() override {
    if (kFaultLibrary.empty()) GTEST_SKIP() << "no fault library in a sanitized build";
    BulkTest::SetUp();
  }
  // While it is there, the arena's first slot is bad, or the disk is full.
  static Path switch_file(const char* fault) {
    static const TemporaryFolder folder;
    return folder.file(fault);
  }
  static void begin(const char* fault) { std::ofstream(switch_file(fault)) << "on"; }
};

// BLB-1.6, BLB-9.2: the slot that a frame is in cannot be read, written or overwritten any more.
TEST_F(FaultyDiskTest, OneSlotThatTheDiskDoesNotGiveIsRefusedAndNotUsedAgain) {
  net::BulkConnection line(context_, bulk(), rng_);
  Pump pump(line);
  ASSERT_TRUE(pump.until_welcome());
  const ReadId blob = ReadId::from(create(line, pump, 2).body).value();
  const auto put = [&](std::uint32_t index) {
    return pump.until_reply(line.put({blob, index}, frame_bytes(index), as_owner()).value())
        ->answer;
  };
  ASSERT_EQ(put(0), Answer::kOk);
  begin("bad");
  EXPECT_EQ(pump.until_reply(line.request(GetFrame{blob, 0}).value())->answer, Answer::kRefused);
  EXPECT_EQ(put(1), Answer::kOk);
  const RequestId erased = line.request(DeleteBlob{blob}, as_owner()).value();
  ASSERT_EQ(pump.until_reply(erased)->answer, Answer::kOk);
  EXPECT_TRUE(holds_within(milliseconds(10'000), [&] {
    return relay_.figure("/bulk/frames_free") == 255;
  })) << "all but the bad one";
  EXPECT_EQ(relay_.figure("/bulk/up"), 1);
  EXPECT_EQ(relay_.figure("/bulk_since_start/slot_faults"), 1);
  EXPECT_NE(relay_.logs().find("<3>slot_faults frames=1"), std::string::npos) << relay_.logs();
}

// BLB-1.6
TEST_F(FaultyDiskTest, AFrameGoesWhereTheDiskTakesIt) {
  net::BulkConnection line(context_, bulk(), rng_);
  Pump pump(line);
  ASSERT_TRUE(pump.until_welcome());
  const ReadId blob = ReadId::from(create(line, pump, 2).body).value();
  begin("bad");
  const RequestId put = line.put({blob, 0}, frame_bytes(0), as_owner()).value();
  EXPECT_EQ(pump.until_reply(put)->answer, Answer::kOk);
  ASSERT_TRUE(line.request(GetFrame{blob, 0}).has_value());
  ASSERT_TRUE(pump.run(10'000, [&] { return pump.all<net::GotFrame>().size() == 1; }));
  EXPECT_EQ(pump.all<net::GotFrame>().front()->stored, frame_bytes(0));
}

// BLB-1.4: what does not fit is answered busy, and fits when there is room again.
TEST_F(FaultyDiskTest, OnAFullDiskNothingIsLostThatWasAnswered) {
  net::BulkConnection line(context_, bulk(), rng_);
  Pump pump(line);
  ASSERT_TRUE(pump.until_welcome());
  const ReadId blob = ReadId::from(create(line, pump, 2).body).value();
  const auto put = [&](std::uint32_t index) {
    return pump.until_reply(line.put({blob, index}, frame_bytes(index), as_owner()).value())
        ->answer;
  };
  ASSERT_EQ(put(0), Answer::kOk);
  begin("full");
  EXPECT_EQ(put(1), Answer::kBusy);
  std::filesystem::remove(switch_file("full"));
  EXPECT_EQ(map_of(line, pump, blob).count(), 1U);
  EXPECT_EQ(put(1), Answer::kOk);
  ASSERT_TRUE(relay_.restart_after_kill()) << relay_.logs();
  net::BulkConnection again(context_, bulk(), rng_);
  Pump looking(again);
  ASSERT_TRUE(looking.until_welcome());
  EXPECT_EQ(map_of(again, looking, blob).count(), 2U);
}

// BLB-4.1: a relay that is open to strangers stores no blobs, and says why it does not start.
TEST(BulkConfigTest, AnOpenRelayHasNoBulkPlane) {
  RelayProcess open({.extra_config = "bulk_mebibytes = 16\n"});
  EXPECT_FALSE(open.start(milliseconds(3'000)));
  EXPECT_NE(open.logs().find("needs access"), std::string::npos) << open.logs();
}

}  // namespace
}  // namespace tocsin::test
