// tests/bench/evidence_bench.cc: a file of the length asked for through the real relay, against
// what it must pass through; and what the cells plane keeps of its pace meanwhile.
//
// Ceilings of the same run, one after the other with ours, medians: SHA-256 (OpenSSL), sealing
// frames (protocol/evidence), writing and syncing the same bytes to the same disk, frames of 65,536
// bytes one way over CURVE on loopback (libzmq). Ours is a whole job: read, seal, send, authorise,
// store durably; or fetch, open, check, write, sync.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <fstream>
#include <thread>

#include "client/evidence/local_file.h"
#include "client/evidence/mover.h"
#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "crypto/box/openssl.h"
#include "protocol/evidence/frame.h"
#include "protocol/evidence/padding.h"
#include "protocol/wire/reply.h"
#include "tests/bench/figures.h"
#include "tests/bench/one_way_ceiling.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::bench {
namespace {

constexpr const char* kPassword = "a word for this bench";
constexpr double kGoal = 0.6;         // numbers.md: of the slowest block it must pass through
constexpr double kLatencyGoal = 3.0;  // p99 of a deposit under bulk load, in its idle p99s
constexpr std::size_t kDeposits = 400;
constexpr std::size_t kPerMailbox = 200;  // its quota is 256

double megabytes_per_second(std::uint64_t bytes, double seconds) {
  return static_cast<double>(bytes) / 1e6 / seconds;
}

// One file, its relay, and the jobs that move it.
class House {
 public:
  explicit House(std::uint64_t mebibytes)
      : length_(mebibytes << 20U),
        relay_({.extra_config = "access = \"password\"\npassword_file = \"password\"\n"
                                "bulk_listen = \"127.0.0.1:0\"\n"
                                "deposits_per_second = 100000\n"
                                "drop_deposits_per_second = 100000\nbulk_mebibytes = " +
                                std::to_string(mebibytes + mebibytes / 4 + 16) + "\n"}) {
    std::ofstream(relay_.folder() / "password") << kPassword << "\n";
    if (!relay_.start(test::milliseconds(120'000))) give_up("relay: " + relay_.logs());
    write_file();
    mark_ = must(evidence::mark_of(path_), "mark");
    count_ = static_cast<std::uint32_t>(must(frames_of(length_), "frames"));
  }

  std::uint64_t length() const { return length_; }
  const RelayAddress& address() const { return relay_.address(); }
  Rng& rng() { return rng_; }

  // A file id of its own each time: the relay has nothing of it.
  double send() {
    id_ = rng_.draw<FileId>();
    owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
    const auto begun = Clock::now();
    for (const EvidenceReport& report :
         run(SendJob{.file = {id_, secret_.duplicate(), length_, count_},
                     .path = path_.string(),
                     .mark = mark_,
                     .inside = std::nullopt,
                     .relay = {{1}, address(), SecretBytes::copy_of(as_bytes(kPassword))},
                     .owner = owner_.secret.duplicate(),
                     .first = 0,
                     .frames = count_,
                     .tree = {}})) {
      if (const auto* made = std::get_if<BlobMade>(&report.what); made != nullptr)
        blob_ = made->blob;
    }
    return megabytes_per_second(length_, seconds_since(begun));
  }
  double receive() {
    std::filesystem::remove(part_);
    std::ofstream(part_).flush();
    const auto begun = Clock::now();
    run(ReceiveJob{.file = {id_, secret_.duplicate(), length_, count_},
                   .path = part_.string(),
                   .relay = address(),
                   .blob = blob_,
                   .first = 0,
                   .frames = count_,
                   .tree = {}});
    return megabytes_per_second(length_, seconds_since(begun));
  }
  void erase() { run(EraseJob{id_, 0, address(), blob_, owner_.secret.duplicate()}); }

  double hash() const {
    const std::atomic<bool> stop = false;
    const FileDescriptor file = must(evidence::open_received(path_), "file");
    const auto begun = Clock::now();
    must(evidence::hash_of(file.get(), length_, stop), "hash");
    return megabytes_per_second(length_, seconds_since(begun));
  }
  double seal() const {
    const FrameKeys keys = frame_keys_of(secret_, id_);
    Bytes plaintext(kFramePlainBytes, 7), frame(kFrameBytes);
    const auto begun = Clock::now();
    for (std::uint32_t i = 0; i < count_; ++i)
      must(seal_frame(keys, {id_, i, count_}, plaintext, frame), "seal");
    return megabytes_per_second(length_, seconds_since(begun));
  }
  // Written in pieces of a frame and synced at the end, into a file that has its blocks already.
  double disk() const {
    const Path path = folder_.file("disk");
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (::posix_fallocate(file.get(), 0, static_cast<off_t>(length_)) != 0) give_up("disk");
    const Bytes piece(kFrameBytes, 9);
    const auto begun = Clock::now();
    for (std::uint64_t at = 0; at + piece.size() <= length_; at += piece.size()) {
      if (::pwrite(file.get(), piece.data(), piece.size(), static_cast<off_t>(at)) < 0)
        give_up("disk");
    }
    if (::fdatasync(file.get()) != 0) give_up("disk");
    const double rate = megabytes_per_second(length_, seconds_since(begun));
    std::filesystem::remove(path);
    return rate;
  }

 private:
  void write_file() {
    std::ofstream out(path_, std::ios::binary);
    Bytes piece(std::size_t{1} << 20U);
    for (std::uint64_t done = 0; done < length_; done += piece.size()) {
      rng_.fill(piece);
      out.write(reinterpret_cast<const char*>(piece.data()),
                static_cast<std::streamsize>(piece.size()));
    }
  }
  // To its last report; a job that fails ends the bench.
  std::vector<EvidenceReport> run(EvidenceJob job) {
    mover_->give(std::move(job));
    std::vector<EvidenceReport> all;
    while (mover_->is_busy()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      for (EvidenceReport& report : mover_->take_reports()) all.push_back(std::move(report));
    }
    if (all.empty()) give_up("a job without a word");
    if (const auto* failed = std::get_if<JobFailed>(&all.back().what); failed != nullptr)
      must(Result<int>(std::unexpected(failed->error)), "job");
    return all;
  }

  std::uint64_t length_;
  SystemRng rng_;
  TemporaryFolder folder_;
  Path path_ = folder_.file("sent"), part_ = folder_.file("received.part");
  test::RelayProcess relay_;
  std::unique_ptr<evidence::Mover> mover_ = must(evidence::Mover::create(std::nullopt), "mover");
  FileId id_ = rng_.draw<FileId>();
  FileSecret secret_ = FileSecret::random(rng_);
  KeyPair<OwnerPublic, OwnerSecret> owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  FileMark mark_;
  std::uint32_t count_ = 0;
  ReadId blob_;
};

// Deposits one after the other, each durable before it is answered: what an alert waits for.
class Deposits {
 public:
  explicit Deposits(House& house)
      : house_(house), connection_(context_, {house.address()}, house.rng()), pump_(connection_) {
    if (!pump_.until_welcome()) give_up("no welcome");
  }
  // Milliseconds of each, as long as `more`.
  std::vector<double> run(const std::function<bool(std::size_t)>& more) {
    std::vector<double> taken;
    while (more(taken.size())) {
      if (taken.size() % kPerMailbox == 0) drop_ = make_mailbox(house_);
      const auto begun = Clock::now();
      const RequestId id =
          must(connection_.request(Deposit{drop_, Bytes(kEnvelopeBytes, 7)}), "deposit");
      const Reply* reply = pump_.until_reply(id, 60'000);
      if (reply == nullptr || reply->answer != Answer::kOk) give_up("a deposit was not taken");
      taken.push_back(seconds_since(begun) * 1'000);
      pump_.events.clear();
    }
    return taken;
  }

 private:
  DropId make_mailbox(House& house) {
    net::ReadingConnection reading(context_, {house.address()}, house.rng());
    test::Pump pump(reading);
    if (!pump.until_welcome()) give_up("no welcome");
    const auto owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house.rng());
    const SecretBytes password = SecretBytes::copy_of(as_bytes(kPassword));
    const RequestId id =
        must(reading.request(CreateMailbox{owner.public_key, MailboxClass::kContact, kContactQuota},
                             net::as_new_owner({owner.public_key, owner.secret}, password)),
             "mailbox");
    const Reply* made = pump.until_reply(id);
    if (made == nullptr || made->answer != Answer::kOk) give_up("mailbox");
    return must(decode_created(made->body), "mailbox").drop_id;
  }

  House& house_;
  net::ZmqContext context_ = must(net::ZmqContext::create(), "context");
  net::DepositConnection connection_;
  test::Pump pump_;
  DropId drop_;
};

nlohmann::json compared(const char* figure, const char* ceiling, const Pairs& pairs, double goal) {
  nlohmann::json row = to_json(figure, ceiling, pairs, goal);
  row["unit"] = "MB/s";
  return row;
}

nlohmann::json latency_row(House& house) {
  Deposits deposits(house);
  const std::vector<double> idle = deposits.run([](std::size_t done) { return done < kDeposits; });
  std::atomic<bool> over = false;
  std::thread bulk([&] {
    house.send();
    over = true;
  });
  const std::vector<double> loaded = deposits.run([&](std::size_t) { return !over; });
  bulk.join();
  house.erase();
  const double ratio = quantile(loaded, 0.99) / quantile(idle, 0.99);
  nlohmann::json row = to_json(Row{"a deposit while evidence is being sent, 99th percentile", "ms",
                                   quantile(loaded, 0.99), "ratio <= 3", ratio <= kLatencyGoal});
  row["ceiling"] = "the same, idle";
  row["ceiling_value"] = quantile(idle, 0.99);
  row["ratio"] = ratio;
  return row;
}

}  // namespace

int run(std::uint64_t mebibytes, int rounds) {
  House house(mebibytes);
  OneWayCeiling curve;
  Pairs send_curve, send_hash, send_seal, send_disk, receive_curve;
  for (int i = 0; i < rounds; ++i) {
    const double hash = house.hash(), seal = house.seal(), disk = house.disk();
    const double wire = curve.measure(house.length());
    const double sent = house.send(), received = house.receive();
    house.erase();
    send_hash.add(hash, sent);
    send_seal.add(seal, sent);
    send_disk.add(disk, sent);
    send_curve.add(wire, sent);
    receive_curve.add(wire, received);
  }
  nlohmann::json rows = nlohmann::json::array();
  const double slowest = std::min(
      {send_hash.ceiling(), send_seal.ceiling(), send_disk.ceiling(), send_curve.ceiling()});
  const auto goal_of = [&](const Pairs& pairs) { return pairs.ceiling() <= slowest ? kGoal : 0.0; };
  rows.push_back(
      compared("evidence sent, durable at the relay", "SHA-256", send_hash, goal_of(send_hash)));
  rows.push_back(compared("evidence sent, durable at the relay", "sealed frames", send_seal,
                          goal_of(send_seal)));
  rows.push_back(compared("evidence sent, durable at the relay", "disk, written and synced",
                          send_disk, goal_of(send_disk)));
  rows.push_back(compared("evidence sent, durable at the relay", "CURVE one way, 64 KiB",
                          send_curve, goal_of(send_curve)));
  rows.push_back(
      compared("evidence received, synced", "CURVE one way, 64 KiB", receive_curve, kGoal));
  rows.push_back(latency_row(house));
  std::printf("%s\n", nlohmann::json{{"mebibytes", mebibytes}, {"rows", rows}}.dump().c_str());
  return 0;
}

}  // namespace tocsin::bench

int main(int argc, char** argv) {
  CLI::App app("evidence through the relay, against what it passes through");
  bool quick = false, json = false;
  std::uint64_t mebibytes = 256;
  app.add_flag("--quick", quick, "64 MiB, three rounds");
  app.add_flag("--json", json, "the only form there is");
  app.add_option("--mebibytes", mebibytes, "length of the file");
  CLI11_PARSE(app, argc, argv);
  return tocsin::bench::run(quick ? 64 : mebibytes, quick ? 3 : 5);
}
