#include "protocol/alert/export.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class ExportTest : public AlertTest {
 protected:
  static const Bytes* find(const std::vector<ExportedFile>& files, std::string_view name) {
    const auto found = std::ranges::find(files, name, &ExportedFile::name);
    return found == files.end() ? nullptr : &found->bytes;
  }
};

// ALT-11.1 (the commands themselves are run by tests/system/flows_test.py)
TEST_F(ExportTest, EverySignatureThatCountsComesWithItsBytesItsKeyAndItsCommand) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  const auto files = export_alert(message, *world.chain, Page{});
  ASSERT_TRUE(files.has_value());
  ASSERT_NE(find(*files, "alert.pae"), nullptr);
  EXPECT_EQ(*find(*files, "alert.pae"),
            pre_authentication_encoding(DocumentKind::kAlert, message.envelope.body));
  for (const char* name : {"alert.holder-1.sig", "alert.holder-3.sig", "charter-1.holder-1.sig",
                           "charter-1-holder-1.pem", "charter-1-holder-2.pem", "page.html"}) {
    EXPECT_NE(find(*files, name), nullptr) << name;
  }
  EXPECT_EQ(find(*files, "alert.holder-2.sig"), nullptr);
  const std::string verify(as_text(*find(*files, "VERIFY.txt")));
  EXPECT_NE(verify.find("-inkey charter-1-holder-3.pem -rawin -in alert.pae -sigfile "
                        "alert.holder-3.sig"),
            std::string::npos);
}

// ALT-11.2
TEST_F(ExportTest, NeitherTheNonceNorASignatureThatDoesNotCountIsThere) {
  AlertMessage message = world.message(world.body(), {0, 2});
  message.envelope.signatures.push_back(
      sign_document(world.holders[7].secret, DocumentKind::kAlert, message.envelope.body));
  message.envelope.signatures[0].signature = {};
  const auto files = export_alert(message, *world.chain, Page{});
  ASSERT_TRUE(files.has_value());
  std::size_t signatures = 0;
  for (const ExportedFile& file : *files) {
    if (file.name.starts_with("alert.holder-")) ++signatures;
    EXPECT_TRUE(std::ranges::search(file.bytes, message.nonce.view()).empty()) << file.name;
  }
  EXPECT_EQ(signatures, 1U);
}

TEST_F(ExportTest, AnAlertOfAnotherCharterIsNotExportedUnderThisOne) {
  AlertBody body = world.body();
  body.charter_hash = world.rng.draw<CharterHash>();
  EXPECT_EQ(export_alert(world.message(body, {0, 2}), *world.chain, Page{}).error().code,
            kNotFound);
}

}  // namespace
}  // namespace tocsin
