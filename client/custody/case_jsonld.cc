#include "client/custody/case_jsonld.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/codes.h"
#include "client/custody/custody_words.h"
#include "client/custody/utc_text.h"
#include "crypto/box/uuid.h"

namespace tocsin {
namespace {

using Json = nlohmann::ordered_json;

Json context() {
  const std::string uco = "https://ontology.unifiedcyberontology.org/uco/";
  return {{"case-investigation", "https://ontology.caseontology.org/case/investigation/"},
          {"kb", "urn:uuid:"},
          {"uco-action", uco + "action/"},
          {"uco-core", uco + "core/"},
          {"uco-identity", uco + "identity/"},
          {"uco-observable", uco + "observable/"},
          {"uco-types", uco + "types/"},
          {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
}

Json typed(std::string_view type, std::string_view value) {
  return {{"@type", type}, {"@value", value}};
}
Json link(const std::string& id) { return {{"@id", id}}; }

// What a hand-over adds to a record: who the other one was.
const HandOver* find_paper(const std::vector<std::pair<HandOverHash, HandOver>>& papers,
                           const HandOverHash& hash) {
  const auto found =
      std::ranges::find_if(papers, [&](const auto& each) { return each.first == hash; });
  return found == papers.end() ? nullptr : &found->second;
}

class Graph {
 public:
  explicit Graph(const CustodyCase& custody) : custody_(custody) {}

  Result<std::string> make() {
    for (const Dsse& envelope : custody_.hand_overs) {
      HandOver paper = TRY(open_hand_over(envelope));
      if (paper.case_id != custody_.id) return fail(kForeignCase, "hand-over");
      papers_.emplace_back(hash_of_hand_over(envelope.body), std::move(paper));
    }
    for (const CaseFile& file : custody_.files) add_file(file);
    for (const std::vector<Dsse>& envelopes : custody_.chains) {
      const CustodyChain chain = TRY(CustodyChain::read(envelopes));
      if (chain.case_id() != custody_.id) return fail(kForeignCase, "custody chain");
      add_custodian(chain);
      for (const CustodyRecord& record : chain.records()) add_record(record);
    }
    return finish();
  }

 private:
  // Names are within the case: two exports of it agree, two cases share no id.
  std::string id(std::string_view kind, BytesView value, std::string_view part = {}) const {
    const Uuid name_space = Uuid::from(custody_.id.view()).value();
    const std::string name =
        std::string(kind) + " " + to_hex(value) + (part.empty() ? "" : " ") + std::string(part);
    return "kb:" + uuid_text(uuid_of_name(name_space, as_bytes(name)));
  }
  std::string custodian_id(const SigningPublic& key) const { return id("custodian", key.view()); }
  std::string record_id(const SigningPublic& key, std::uint64_t number) const {
    return id("record", key.view(), std::to_string(number));
  }

  void add(Json node) {
    parts_.push_back(link(node["@id"]));
    graph_.push_back(std::move(node));
  }

  void add_custodian(const CustodyChain& chain) {
    add({{"@id", custodian_id(chain.custodian())},
         {"@type", "uco-identity:Identity"},
         {"uco-core:name", chain.records().back().who},
         {"uco-core:description",
          "Signs with the Ed25519 public key " + to_hex(chain.custodian().view())}});
  }

  Json hash_node(const FileId& file, const Sha256& content) const {
    return {{"@id", id("hash", file.view())},
            {"@type", "uco-types:Hash"},
            {"uco-types:hashMethod", "SHA256"},
            {"uco-types:hashValue", typed("xsd:hexBinary", to_hex(content.view()))}};
  }

  void add_file(const CaseFile& file) {
    const Json name{{"@id", id("name", file.id.view())},
                    {"@type", "uco-observable:FileFacet"},
                    {"uco-observable:fileName", file.name},
                    {"uco-observable:filePath", file.path},
                    {"uco-observable:sizeInBytes", file.length}};
    const Json content{{"@id", id("content", file.id.view())},
                       {"@type", "uco-observable:ContentDataFacet"},
                       {"uco-observable:sizeInBytes", file.length},
                       {"uco-observable:hash", Json::array({hash_node(file.id, file.content)})}};
    add({{"@id", id("file", file.id.view())},
         {"@type", "uco-observable:ObservableObject"},
         {"uco-core:hasFacet", Json::array({name, content})}});
  }

  // A record may be about a file that is not in this export (erased, or another's): known by its
  // hash alone.
  std::string file_of(const CustodyItem& item) {
    std::string file = id("file", item.file.view());
    if (is_told(file)) return file;
    const Json content{{"@id", id("content", item.file.view())},
                       {"@type", "uco-observable:ContentDataFacet"},
                       {"uco-observable:hash", Json::array({hash_node(item.file, item.content)})}};
    add({{"@id", file},
         {"@type", "uco-observable:ObservableObject"},
         {"uco-core:hasFacet", Json::array({content})}});
    return file;
  }

  void add_record(const CustodyRecord& record) {
    const std::string file = file_of(record.item);
    const std::string provenance =
        id("provenance", record.custodian.view(), std::to_string(record.number));
    Json action{{"@id", record_id(record.custodian, record.number)},
                {"@type", "case-investigation:InvestigativeAction"},
                {"uco-core:name", event_words(record.event)}};
    if (!record.why.empty()) action["uco-core:description"] = record.why;
    // A time is its custodian's claim; one that no calendar has is left out.
    if (const auto time = rfc3339(record.seconds); time.has_value())
      action["uco-action:startTime"] = typed("xsd:dateTime", *time);
    action["uco-action:performer"] = link(custodian_id(record.custodian));
    if (const HandOver* paper = find_paper(papers_, record.hand_over); paper != nullptr)
      add_other_side(action, record, *paper);
    action["uco-action:object"] = Json::array({link(file)});
    action["uco-action:result"] = Json::array({link(provenance)});
    if (record.number > 0)
      action["case-investigation:wasInformedBy"] =
          Json::array({link(record_id(record.custodian, record.number - 1))});
    add(std::move(action));
    add({{"@id", provenance},
         {"@type", "case-investigation:ProvenanceRecord"},
         {"uco-core:description", std::string(event_words(record.event)) + " by " + record.who},
         {"case-investigation:exhibitNumber", to_hex(record.item.file.view())},
         {"uco-core:object", Json::array({link(file)})}});
  }

  void add_other_side(Json& action, const CustodyRecord& record, const HandOver& paper) {
    const SigningPublic& other =
        paper.giver.key == record.custodian ? paper.taker.key : paper.giver.key;
    // Their chain need not be here: then nothing but the key is known of them.
    if (!has_chain(other) && !is_told(custodian_id(other)))
      add({{"@id", custodian_id(other)},
           {"@type", "uco-identity:Identity"},
           {"uco-core:description", "Signs with the Ed25519 public key " + to_hex(other.view())}});
    action["uco-action:participant"] = Json::array({link(custodian_id(other))});
  }

  bool is_told(const std::string& node_id) const {
    return std::ranges::any_of(graph_, [&](const Json& node) { return node["@id"] == node_id; });
  }
  bool has_chain(const SigningPublic& key) const {
    return std::ranges::any_of(custody_.chains, [&](const std::vector<Dsse>& envelopes) {
      const auto first = decode_custody_record(envelopes.front().body);
      return first.has_value() && first->custodian == key;
    });
  }

  std::string finish() {
    Json graph = Json::array();
    graph.push_back({{"@id", id("case", custody_.id.view())},
                     {"@type", "case-investigation:Investigation"},
                     {"uco-core:name", "Case " + to_hex(custody_.id.view())},
                     {"uco-core:object", parts_}});
    for (Json& node : graph_) graph.push_back(std::move(node));
    const Json document{{"@context", context()}, {"@graph", std::move(graph)}};
    // Names of files are any bytes; what is not UTF-8 is replaced.
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

  const CustodyCase& custody_;
  std::vector<std::pair<HandOverHash, HandOver>> papers_;
  Json parts_ = Json::array();
  std::vector<Json> graph_;
};

}  // namespace

Result<std::string> case_jsonld(const CustodyCase& custody) { return Graph(custody).make(); }

}  // namespace tocsin
