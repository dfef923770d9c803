// client/custody/case_jsonld.h: a case in the ontology that forensic programs exchange (CASE/UCO).
//
// Spec:    protocol/spec/custody.md CUS-4.10
// Source:  CASE 1.x and UCO 1.x ontologies, JSON-LD 1.1
// Shape:   the same case gives the same bytes; ids are UUIDs of names within the case; no network
//          name but those of the ontologies
// Errors:  what a chain or a hand-over refuses, foreign_case
// Threads: values only
#pragma once

#include "client/custody/custody_case.h"

namespace tocsin {

// An Investigation with its custodians (Identity), files (ObservableObject with FileFacet and
// ContentDataFacet), records (InvestigativeAction) and what each results in (ProvenanceRecord).
Result<std::string> case_jsonld(const CustodyCase& custody);

}  // namespace tocsin
