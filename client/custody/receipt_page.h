// client/custody/receipt_page.h: one page for a lawyer: what was handed over, by whom, what holds,
// how to check it.
//
// Spec:    protocol/spec/custody.md CUS-4.11
// Shape:   a page of safe lines, for to_html and to_plain_text of protocol/alert; bounded, so that
//          it prints on one sheet: what does not fit is counted
// Threads: values only
#pragma once

#include "client/custody/custody_verdict.h"
#include "protocol/alert/render.h"

namespace tocsin {

Page receipt_page(const CustodyCase& custody, const CustodyVerdict& verdict);

}  // namespace tocsin
