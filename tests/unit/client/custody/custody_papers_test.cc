// What is made of a case for other programs and for a lawyer.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "client/custody/case_jsonld.h"
#include "client/custody/hashes_csv.h"
#include "client/custody/receipt_page.h"
#include "client/custody/utc_text.h"
#include "crypto/box/uuid.h"
#include "protocol/alert/html.h"
#include "tests/unit/client/custody/custody_world.h"

namespace tocsin {
namespace {

using Json = nlohmann::json;

class CustodyPapersTest : public CustodyWorld {
 protected:
  static std::vector<Json> of_type(const Json& document, const std::string& type) {
    std::vector<Json> found;
    for (const Json& node : document["@graph"])
      if (node["@type"] == type) found.push_back(node);
    return found;
  }
};

// CUS-4.9
TEST_F(CustodyPapersTest, PathsInTheTableAreQuoted) {
  CustodyCase made = custody();
  made.files[0].path = "data/a \"b\", c\r\n=1+1.zip";
  EXPECT_EQ(hashes_csv(made.files), "path,sha256\r\n\"data/a \"\"b\"\", c\r\n=1+1.zip\"," +
                                        to_hex(item_.content.view()) + "\r\n");
  EXPECT_EQ(hashes_csv({}), "path,sha256\r\n");
}

// CUS-4.10
TEST_F(CustodyPapersTest, TheCaseIsSaidInTheOntologyAndIsTheSameEachTime) {
  const std::string text = case_jsonld(custody()).value();
  EXPECT_EQ(text, case_jsonld(custody()).value());
  const Json document = Json::parse(text);
  EXPECT_EQ(document["@context"]["case-investigation"],
            "https://ontology.caseontology.org/case/investigation/");
  EXPECT_EQ(of_type(document, "case-investigation:Investigation").size(), 1U);
  EXPECT_EQ(of_type(document, "uco-identity:Identity").size(), 2U);
  EXPECT_EQ(of_type(document, "case-investigation:ProvenanceRecord").size(), 5U);
  const std::vector<Json> actions = of_type(document, "case-investigation:InvestigativeAction");
  ASSERT_EQ(actions.size(), 5U);
  EXPECT_EQ(actions[0]["uco-action:startTime"]["@value"], "2027-01-15T08:00:00Z");
  EXPECT_EQ(actions[1]["case-investigation:wasInformedBy"][0]["@id"], actions[0]["@id"]);
  EXPECT_EQ(actions[2]["uco-action:participant"][0]["@id"],
            actions[3]["uco-action:performer"]["@id"]);
  const std::vector<Json> files = of_type(document, "uco-observable:ObservableObject");
  ASSERT_EQ(files.size(), 1U);
  const Json& facets = files[0]["uco-core:hasFacet"];
  EXPECT_EQ(facets[0]["uco-observable:fileName"], "report.zip");
  EXPECT_EQ(facets[1]["uco-observable:hash"][0]["uco-types:hashValue"]["@value"],
            to_hex(item_.content.view()));
}

// CUS-4.10: every link leads to a node, every id is one, and no other network is named.
TEST_F(CustodyPapersTest, EveryIdIsAUuidThatIsThereOnce) {
  const std::string text = case_jsonld(custody()).value();
  const Json document = Json::parse(text);
  const std::regex uuid("kb:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> defined;
  std::set<std::string> named;
  const std::function<void(const Json&)> walk = [&](const Json& node) {
    if (node.is_object() && node.contains("@id")) {
      const auto id = node["@id"].get<std::string>();
      EXPECT_TRUE(std::regex_match(id, uuid)) << id;
      if (node.size() == 1)
        named.insert(id);
      else
        EXPECT_TRUE(defined.insert(id).second) << id;
    }
    if (node.is_structured())
      for (const Json& part : node) walk(part);
  };
  walk(document["@graph"]);
  EXPECT_TRUE(std::ranges::includes(defined, named));
  const std::regex address("https?://([a-z0-9.]+)");
  for (auto at = std::sregex_iterator(text.begin(), text.end(), address);
       at != std::sregex_iterator(); ++at)
    EXPECT_TRUE((std::set<std::string>{"ontology.caseontology.org",
                                       "ontology.unifiedcyberontology.org", "www.w3.org"})
                    .contains((*at)[1]))
        << at->str();
}

// CUS-4.10
TEST_F(CustodyPapersTest, ANameThatIsNoTextAndATimeThatIsNoneDoNoHarm) {
  CustodyCase made = custody();
  made.files[0].name = "\xff\xfe\"\n.zip";
  EXPECT_TRUE(Json::accept(case_jsonld(made).value()));
  EXPECT_EQ(utc_text(~std::uint64_t{0}), "a time that does not exist");
  EXPECT_FALSE(rfc3339(253'402'300'800).has_value());
  EXPECT_EQ(rfc3339(253'402'300'799), "9999-12-31T23:59:59Z");
}

// RFC 9562 appendix A.4.
TEST_F(CustodyPapersTest, ANameMakesTheUuidThatTheRfcSays) {
  const Uuid dns = Uuid::from(from_hex("6ba7b8109dad11d180b400c04fd430c8").value()).value();
  EXPECT_EQ(uuid_text(uuid_of_name(dns, as_bytes("www.example.com"))),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

// CUS-4.11
TEST_F(CustodyPapersTest, TheReceiptSaysWhatWhoWhenAndHowToCheck) {
  const CustodyVerdict verdict = verify_custody(custody(), {}).value();
  const std::string text = to_plain_text(receipt_page(custody(), verdict));
  for (const std::string& words :
       {std::string("every signature was checked, and holds"), std::string("report.zip"),
        std::string("42 bytes"), to_hex(item_.content.view()),
        std::string("“\u2068Anna, Clear Line\u2069” to “\u2068Bea\u2069”, 2027-01-15 08:01:40 UTC "
                    "as both say"),
        std::string("second opinion"), std::string("sha256sum -c"), std::string("sh VERIFY.txt"),
        std::string("openssl ts -verify"), std::string("Nothing of it is time-stamped")})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

// CUS-4.11
TEST_F(CustodyPapersTest, AReceiptOfWhatDoesNotHoldSaysSoFirst) {
  std::vector<Dsse> gap = annas_;
  gap.erase(gap.begin() + 1);
  const CustodyVerdict verdict = verify_custody(with(chain_of(anna_file(), gap)), {});
  const Page page = receipt_page(custody(), verdict);
  EXPECT_NE(page.sections[0].lines[0].text.find("NOT EVERYTHING HOLDS"), std::string::npos);
  EXPECT_NE(to_plain_text(page).find("Record 1 does not follow"), std::string::npos);
}

// CUS-4.11
TEST_F(CustodyPapersTest, AHostileNameIsTextOnThePageAndAThousandFilesFitOnIt) {
  CustodyCase made = custody();
  made.files[0].name = "<script>alert(1)</script>\u202Egpj.zip\x1b[2J\n\"'&";
  for (int i = 0; i < 1'000; ++i)
    made.files.push_back({std::string(200, 'a'), rng_.draw<FileId>(), 1, item_.content, "data/a"});
  const CustodyVerdict verdict = verify_custody(made, {}).value();
  const Page page = receipt_page(made, verdict);
  const std::string html = to_html(page);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(html.find("\u202E"), std::string::npos);
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_EQ(html.find("http"), html.find("http-equiv")) << "nothing is referred to";
  EXPECT_NE(html.find("charset=\"utf-8\""), std::string::npos);
  EXPECT_NE(html.find("and 993 more"), std::string::npos);
  std::size_t lines = 0;
  for (const PageSection& section : page.sections) lines += 1 + section.lines.size();
  EXPECT_LE(lines, 50U) << "of which the longest take two";
}

}  // namespace
}  // namespace tocsin
