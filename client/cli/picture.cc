#include "client/cli/picture.h"

#include <png.h>
#include <qrencode.h>

#include <memory>

#include "client/cli/new_file.h"
#include "client/codes.h"

namespace tocsin {
namespace {

constexpr std::size_t kPixelsPerModule = 6;
constexpr std::size_t kQuietModules = 4;  // ISO/IEC 18004: a margin of four modules

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

Status write_qr_picture(const Path& path, std::string_view text) {
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M));
  if (!code) return fail(kTooLarge, "QR picture", static_cast<std::int64_t>(text.size()));
  const auto modules = static_cast<std::size_t>(code->width);
  const std::size_t side = (modules + 2 * kQuietModules) * kPixelsPerModule;
  Bytes pixels(side * side, 0xff);
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const std::size_t row = y / kPixelsPerModule;
      const std::size_t column = x / kPixelsPerModule;
      const bool inside = row >= kQuietModules && column >= kQuietModules &&
                          row < modules + kQuietModules && column < modules + kQuietModules;
      if (!inside) continue;
      const std::uint8_t module =
          code->data[(row - kQuietModules) * modules + (column - kQuietModules)];
      if ((module & 1U) != 0) pixels[y * side + x] = 0;
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(side);
  image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) == 0) {
    return fail(kLibraryFault, "PNG size");
  }
  Bytes png(size);
  if (png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
    return fail(kLibraryFault, "PNG");
  }
  png.resize(size);
  return write_new_file(path, png);
}

}  // namespace tocsin
