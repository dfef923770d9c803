#include "protocol/alert/dsse.h"

#include <gtest/gtest.h>

#include "protocol/alert/body.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/lookalike.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

// DSSE's own example: ALT-1.2.
TEST(DsseTest, PreAuthenticationEncodingNamesTypeAndLengths) {
  EXPECT_EQ(as_text(pre_authentication_encoding(DocumentKind::kAlert, as_bytes("hi"))),
            "DSSEv1 31 application/vnd.tocsin.alert.v1 2 hi");
}

}  // namespace
}  // namespace tocsin
