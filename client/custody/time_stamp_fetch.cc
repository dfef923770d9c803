#include "client/custody/time_stamp_fetch.h"

#include <curl/curl.h>

#include <memory>

#include "client/codes.h"
#include "crypto/box/timestamp_token.h"

namespace tocsin {
namespace {

constexpr long kConnectSeconds = 20;
constexpr long kOk = 200;

struct HandleFree {
  void operator()(CURL* each) const { curl_easy_cleanup(each); }
};
struct ListFree {
  void operator()(curl_slist* each) const { curl_slist_free_all(each); }
};
using Handle = std::unique_ptr<CURL, HandleFree>;
using List = std::unique_ptr<curl_slist, ListFree>;

struct Answer {
  Bytes bytes;
  bool too_large = false;
};

// Fewer bytes taken than given: libcurl ends the transfer.
std::size_t take(const char* data, std::size_t size, std::size_t count, void* into) {
  auto& answer = *static_cast<Answer*>(into);
  const BytesView part = as_bytes({data, size * count});
  answer.too_large = part.size() > kMostTimestampBytes - answer.bytes.size();
  if (answer.too_large) return 0;
  answer.bytes.insert(answer.bytes.end(), part.begin(), part.end());
  return part.size();
}

bool is_web_address(const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://");
}
// One word without a scheme of its own: libcurl would take "http://…" for another kind of proxy.
bool is_host_and_port(const std::string& proxy) {
  return proxy.find("://") == std::string::npos && proxy.find(':') != std::string::npos;
}

template <class... Value>
bool set(const Handle& handle, CURLoption option, Value... value) {
  return curl_easy_setopt(handle.get(), option, value...) == CURLE_OK;
}

bool set_manners(const Handle& handle, const std::string& proxy) {
  // Without one of ours, none from the environment either.
  const std::string through = proxy.empty() ? "" : "socks5h://" + proxy;
  // No exception out of the environment either.
  return set(handle, CURLOPT_PROXY, through.c_str()) && set(handle, CURLOPT_NOPROXY, "") &&
         set(handle, CURLOPT_PROTOCOLS_STR, "http,https") &&
         set(handle, CURLOPT_FOLLOWLOCATION, 0L) && set(handle, CURLOPT_NOSIGNAL, 1L) &&
         set(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds) &&
         set(handle, CURLOPT_TIMEOUT, kTimeStampSeconds) &&
         set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
}

bool set_request(const Handle& handle, const List& headers, BytesView request) {
  return headers != nullptr && set(handle, CURLOPT_POST, 1L) &&
         set(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.size())) &&
         set(handle, CURLOPT_POSTFIELDS, request.data()) &&
         set(handle, CURLOPT_HTTPHEADER, headers.get());
}

}  // namespace

Result<Bytes> fetch_time_stamp(const std::string& url, BytesView request,
                               const std::string& proxy) {
  if (!is_web_address(url)) return fail(kClientBadUsage, "address of a time stamp authority");
  if (!proxy.empty() && !is_host_and_port(proxy)) return fail(kClientBadUsage, "proxy");
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle handle(started == CURLE_OK ? curl_easy_init() : nullptr);
  const List headers(curl_slist_append(nullptr, "Content-Type: application/timestamp-query"));
  Answer answer;
  const bool ready = handle != nullptr && set(handle, CURLOPT_URL, url.c_str()) &&
                     set_manners(handle, proxy) && set_request(handle, headers, request) &&
                     set(handle, CURLOPT_WRITEFUNCTION, &take) &&
                     set(handle, CURLOPT_WRITEDATA, &answer);
  if (!ready) return fail(kNoTimeStamp, "libcurl");
  const CURLcode done = curl_easy_perform(handle.get());
  if (answer.too_large) return fail(kTooLarge, "time stamp");
  if (done != CURLE_OK) return fail(kNoTimeStamp, "time stamp authority", done);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != kOk) return fail(kNoTimeStamp, "time stamp authority", status);
  return std::move(answer.bytes);
}

}  // namespace tocsin
