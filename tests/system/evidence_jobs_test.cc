// Jobs of the mover against the real relay: what one sends another gets; what a relay or a contact
// got wrong is noticed; what changed is not sent on.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "client/evidence/local_file.h"
#include "client/evidence/mover.h"
#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/blob/reply.h"
#include "protocol/evidence/frame.h"
#include "protocol/evidence/padding.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::test {
namespace {

constexpr const char* kPassword = "a word for this test";
constexpr std::size_t kLength = 40 * kFramePlainBytes + 777;

class EvidenceJobsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(relay_.folder() / "password") << kPassword << "\n";
    ASSERT_TRUE(relay_.start()) << relay_.logs();
    write(path_, 1);
    mark_ = evidence::mark_of(path_).value();
  }
  void write(const Path& path, std::uint64_t seed) const {
    SeededRng rng(seed);
    Bytes bytes(kLength);
    rng.fill(bytes);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  FramedFile file() const {
    return {id_, secret_.duplicate(), kLength, frames_of(kLength).value()};
  }
  std::uint32_t count() const { return static_cast<std::uint32_t>(frames_of(kLength).value()); }
  SendJob send_job(FrameTree tree = {}) const {
    return {.file = file(),
            .path = path_.string(),
            .mark = mark_,
            .inside = std::nullopt,
            .relay = {{1}, relay_.address(), SecretBytes::copy_of(as_bytes(kPassword))},
            .owner = owner_.secret.duplicate(),
            .first = 0,
            .frames = count(),
            .tree = std::move(tree)};
  }
  ReceiveJob receive_job(const ReadId& blob) {
    std::ofstream(part_).flush();
    return {.file = file(),
            .path = part_.string(),
            .relay = relay_.address(),
            .blob = blob,
            .first = 0,
            .frames = count(),
            .tree = {}};
  }
  // To its last report.
  std::vector<EvidenceReport> run(EvidenceJob job) {
    const auto mover = evidence::Mover::create(std::nullopt).value();
    mover->give(std::move(job));
    return all_reports(*mover);
  }
  static std::vector<EvidenceReport> all_reports(evidence::Mover& mover) {
    std::vector<EvidenceReport> all;
    EXPECT_TRUE(holds_within(milliseconds(30'000), [&] {
      for (EvidenceReport& report : mover.take_reports()) all.push_back(std::move(report));
      return !mover.is_busy();
    }));
    return all;
  }
  template <class What>
  static const What* last(const std::vector<EvidenceReport>& reports) {
    const What* found = nullptr;
    for (const EvidenceReport& report : reports) {
      if (const auto* what = std::get_if<What>(&report.what); what != nullptr) found = what;
    }
    return found;
  }
  static std::optional<Code> failure(const std::vector<EvidenceReport>& reports) {
    const auto* failed = last<JobFailed>(reports);
    if (failed == nullptr) return std::nullopt;
    return failed->error.code;
  }
  Bytes content(const Path& path) const { return read_file(path, 2 * kLength).value(); }
  Bytes sealed(std::uint64_t index) const {
    Bytes plaintext(kFramePlainBytes);
    Bytes frame(kFrameBytes);
    auto source = evidence::SourceFile::open(path_, mark_, std::nullopt).value();
    source.read_frame(index, plaintext).value();
    seal_frame(frame_keys_of(secret_, id_), {id_, index, count()}, plaintext, frame).value();
    return frame;
  }
  // A blob of this test's own making: frame i as `made` says.
  ReadId blob_of(const std::function<Bytes(std::uint32_t)>& made) {
    RelayAddress bulk = relay_.address();
    {
      net::DepositConnection cells(context_, {relay_.address()}, rng_);
      Pump pump(cells);
      EXPECT_TRUE(pump.until_welcome());
      bulk.port = cells.welcome()->bulk_port;
    }
    net::BulkConnection line(context_, {bulk}, rng_);
    Pump pump(line);
    EXPECT_TRUE(pump.until_welcome());
    const SecretBytes password = SecretBytes::copy_of(as_bytes(kPassword));
    const net::OwnerKeys owner{owner_.public_key, owner_.secret};
    const RequestId create = line.request(CreateBlob{owner.public_key, count(), kBlobDays},
                                          net::as_new_owner(owner, password))
                                 .value();
    const ReadId blob = ReadId::from(pump.until_reply(create, 20'000)->body).value();
    for (std::uint32_t i = 0; i < count(); ++i) {
      const Bytes frame = made(i);
      if (frame.empty()) continue;
      const RequestId put = line.put({blob, i}, frame, net::as_owner(owner)).value();
      EXPECT_EQ(pump.until_reply(put)->answer, Answer::kOk);
    }
    return blob;
  }

  SystemRng rng_;
  net::ZmqContext context_ = net::ZmqContext::create().value();
  RelayProcess relay_{{.extra_config = "access = \"password\"\npassword_file = \"password\"\n"
                                       "bulk_mebibytes = 64\nbulk_listen = \"127.0.0.1:0\"\n"}};
  TemporaryFolder folder_;
  Path path_ = folder_.file("sent"), part_ = folder_.file("received.part");
  FileId id_ = rng_.draw<FileId>();
  FileSecret secret_ = FileSecret::random(rng_);
  KeyPair<OwnerPublic, OwnerSecret> owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  FileMark mark_;
};

// EVI-2.1, EVI-3.1
TEST_F(EvidenceJobsTest, WhatIsSentIsReceivedAndHashedAndErased) {
  const auto sent = run(send_job());
  ASSERT_NE(last<JobDone>(sent), nullptr) << static_cast<int>(failure(sent).value_or(Code{0}));
  const ReadId blob = last<BlobMade>(sent)->blob;
  const auto received = run(receive_job(blob));
  ASSERT_NE(last<JobDone>(received), nullptr);
  EXPECT_EQ(content(part_), content(path_));
  EXPECT_EQ(last<FramesMoved>(received)->tree.root(), last<FramesMoved>(sent)->tree.root());
  const auto hashed = run(HashJob{id_, part_.string(), kLength});
  EXPECT_EQ(last<FileHashed>(hashed)->content, sha256({content(path_)}));
  const auto erased = run(EraseJob{id_, 0, relay_.address(), blob, owner_.secret.duplicate()});
  EXPECT_NE(last<BlobErased>(erased), nullptr);
  EXPECT_EQ(failure(run(receive_job(blob))), kBlobGone);
}

// EVI-2.2: frames are bound to their place, their file and their number.
TEST_F(EvidenceJobsTest, SwappedRepeatedOrForeignFramesAreRefused) {
  for (const int what : {0, 1, 2, 3}) {
    owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
    const ReadId blob = blob_of([&](std::uint32_t i) {
      if (i != 7) return sealed(i);
      if (what == 0) return sealed(8);
      if (what == 1) return sealed(6);
      Bytes frame = sealed(7);
      if (what == 2) frame[40'000] ^= 1;
      if (what == 3) std::ranges::fill(frame, std::uint8_t{0});
      return frame;
    });
    const auto reports = run(receive_job(blob));
    EXPECT_EQ(failure(reports), kBadCiphertext) << what;
    const auto* moved = last<FramesMoved>(reports);
    EXPECT_TRUE(moved == nullptr || moved->tree.count() <= 7) << what;
    EXPECT_LE(content(part_).size(), kLength);
  }
}

// BLB-7.1: what is not there yet is waited for, and fetched when it comes.
TEST_F(EvidenceJobsTest, AHalfFilledBlobIsWaitedFor) {
  const ReadId blob = blob_of([&](std::uint32_t i) { return i < 20 ? sealed(i) : Bytes{}; });
  const auto first = run(receive_job(blob));
  ASSERT_NE(last<JobWaits>(first), nullptr);
  EXPECT_EQ(last<FramesMoved>(first)->tree.count(), 20U);
  ASSERT_NE(last<JobDone>(run(send_job())), nullptr) << "the same bytes again are ok";
  ReceiveJob rest = receive_job(blob);
  rest.tree = last<FramesMoved>(first)->tree;
  // What was received stays in the file: it is not written again.
  const auto second = run(std::move(rest));
  ASSERT_NE(last<JobDone>(second), nullptr);
  FrameTree whole;
  for (std::uint32_t i = 0; i < count(); ++i) whole.append(frame_leaf(sealed(i)));
  EXPECT_EQ(last<FramesMoved>(second)->tree.root(), whole.root());
}

// EVI-1.1: at whatever point it was broken off, a file that changed since is not sent on under its
// file id: no frame key meets other bytes in the same place.
TEST_F(EvidenceJobsTest, AFileThatChangesAfterAnyKillIsNotSentOn) {
  for (int kill = 0; kill < 12; ++kill) {
    owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
    const auto mover = evidence::Mover::create(std::nullopt).value();
    mover->give(send_job());
    std::this_thread::sleep_for(milliseconds(5 * kill));
    mover->break_off(id_);
    const auto reports = all_reports(*mover);
    const auto* moved = last<FramesMoved>(reports);
    const FrameTree tree = moved == nullptr ? FrameTree{} : moved->tree;
    write(path_, 2 + static_cast<std::uint64_t>(kill));
    EXPECT_EQ(failure(run(send_job(tree))), kFileChanged) << kill;
    write(path_, 1);
    mark_ = evidence::mark_of(path_).value();
    if (tree.count() == count()) continue;
    const auto resumed = run(send_job(tree));
    EXPECT_NE(last<JobDone>(resumed), nullptr) << kill;
  }
}

TEST_F(EvidenceJobsTest, AWrongPasswordIsTold) {
  SendJob job = send_job();
  job.relay.password = SecretBytes::copy_of(as_bytes("another word"));
  EXPECT_EQ(failure(run(std::move(job))), kRelayRefused);
}

// Links and hard links are nothing to write into.
TEST_F(EvidenceJobsTest, AReceivedFileIsNeverWrittenThroughALink) {
  const ReadId blob = blob_of([&](std::uint32_t i) { return sealed(i); });
  const Path victim = folder_.file("victim");
  write(victim, 99);
  const Bytes before = content(victim);
  for (const bool symbolic : {true, false}) {
    std::filesystem::remove(part_);
    if (symbolic) {
      std::filesystem::create_symlink(victim, part_);
    } else {
      std::filesystem::create_hard_link(victim, part_);
    }
    ReceiveJob job = {.file = file(),
                      .path = part_.string(),
                      .relay = relay_.address(),
                      .blob = blob,
                      .first = 0,
                      .frames = count(),
                      .tree = {}};
    EXPECT_TRUE(failure(run(std::move(job))).has_value());
    EXPECT_EQ(content(victim), before);
  }
}

// EVI-4.6: only the last name of a plain file takes the bytes with it.
TEST_F(EvidenceJobsTest, ANameThatGoesLeavesWhatItOnlyPointsTo) {
  const Path victim = folder_.file("victim");
  write(victim, 99);
  const Bytes before = content(victim);
  const Path name = folder_.file("name");
  std::filesystem::create_symlink(victim, name);
  EXPECT_NE(last<NameDropped>(run(DropJob{id_, name.string()})), nullptr);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(name)));
  std::filesystem::create_hard_link(victim, name);
  EXPECT_NE(last<NameDropped>(run(DropJob{id_, name.string()})), nullptr);
  EXPECT_EQ(content(victim), before);
  std::filesystem::permissions(victim, std::filesystem::perms::owner_read);
  const FileDescriptor held(::open(victim.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_NE(last<NameDropped>(run(DropJob{id_, victim.string()})), nullptr);
  EXPECT_FALSE(std::filesystem::exists(victim));
  Bytes left(64, 1);
  ASSERT_EQ(::pread(held.get(), left.data(), left.size(), 0), 64);
  EXPECT_EQ(left, Bytes(64, 0)) << "overwritten before it went";
  EXPECT_NE(last<NameDropped>(run(DropJob{id_, victim.string()})), nullptr) << "gone is gone";
}

// Somebody put something else in its place: nothing waits for it.
TEST_F(EvidenceJobsTest, APipeInTheWayOfAFileIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(part_.c_str(), 0600), 0);
  EXPECT_EQ(failure(run(HashJob{id_, part_.string(), kLength})), kFileChanged);
  ReceiveJob job = {.file = file(),
                    .path = part_.string(),
                    .relay = relay_.address(),
                    .blob = {},
                    .first = 0,
                    .frames = count(),
                    .tree = {}};
  EXPECT_TRUE(failure(run(std::move(job))).has_value());
}

// What is inside an age file is sent; the age file is neither opened into another nor changed.
TEST_F(EvidenceJobsTest, WhatIsInsideAnAgeFileIsSent) {
  const age::Identity identity = age::make_identity(rng_);
  const Path sealed_path = folder_.file("sent.age");
  {
    std::ofstream out(sealed_path, std::ios::binary);
    age::Sealer sealer =
        age::Sealer::create({age::recipient_of(identity)}, rng_, [&](BytesView piece) -> Status {
          out.write(reinterpret_cast<const char*>(piece.data()),
                    static_cast<std::streamsize>(piece.size()));
          return {};
        }).value();
    ASSERT_TRUE(sealer.update(content(path_)).has_value());
    ASSERT_TRUE(sealer.finish().has_value());
  }
  const FileMark mark = evidence::mark_of(sealed_path).value();
  age::Keys keys;
  keys.identities.push_back(identity.duplicate());
  const evidence::OpenedAge opened = evidence::look_inside(sealed_path, mark, keys).value();
  EXPECT_EQ(opened.length, kLength);
  SendJob job = send_job();
  job.path = sealed_path.string();
  job.mark = mark;
  job.inside = opened.inside.duplicate();
  const auto sent = run(std::move(job));
  ASSERT_NE(last<JobDone>(sent), nullptr);
  ASSERT_NE(last<JobDone>(run(receive_job(last<BlobMade>(sent)->blob))), nullptr);
  EXPECT_EQ(content(part_), content(path_));
  const auto hashed =
      run(HashJob{id_, sealed_path.string(), kLength, mark, opened.inside.duplicate()});
  ASSERT_NE(last<FileHashed>(hashed), nullptr);
  EXPECT_EQ(last<FileHashed>(hashed)->content, sha256({content(path_)}));
  // Whom it is not for, it says nothing.
  age::Keys others;
  others.identities.push_back(age::make_identity(rng_));
  EXPECT_EQ(evidence::look_inside(sealed_path, mark, others).error().code, kNoRecipient);
}

}  // namespace
}  // namespace tocsin::test
