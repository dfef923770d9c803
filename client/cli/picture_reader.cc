#include "client/cli/picture_reader.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <png.h>
#include <unistd.h>
#include <zbar.h>

#include <array>
#include <memory>

#include "client/codes.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxPictureBytes = std::size_t{8} << 20;
constexpr std::uint64_t kMaxPixels = 16'000'000;
constexpr std::array<std::uint8_t, 8> kPngMark{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr unsigned long kGray = 0x30303859;  // zbar's "Y800": a byte a pixel

struct Pixels {
  Bytes gray;
  unsigned width = 0;
  unsigned height = 0;
};

Result<Pixels> decode_png(BytesView file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, decltype(&png_image_free)> owner(&image, &png_image_free);
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0)
    return fail(kNoCodeInPicture, "PNG");
  if (std::uint64_t{image.width} * image.height > kMaxPixels)
    return fail(kTooLarge, "pixels of a picture");
  image.format = PNG_FORMAT_GRAY;
  Pixels pixels{Bytes(PNG_IMAGE_SIZE(image)), image.width, image.height};
  // What is transparent is paper.
  const png_color white{0xff, 0xff, 0xff};
  if (png_image_finish_read(&image, &white, pixels.gray.data(), 0, nullptr) == 0)
    return fail(kNoCodeInPicture, "PNG");
  return pixels;
}

// The part of libzbar that is used. Looked for at run time: a relay's host and a USB stick need
// none of it.
class Zbar {
 public:
  static Result<Zbar> load() {
    void* const library = ::dlopen("libzbar.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return fail(kNoPictureReader, "libzbar");
    Zbar zbar;
    const bool whole = zbar.find(library, zbar.create_scanner, "zbar_image_scanner_create") &&
                       zbar.find(library, zbar.destroy_scanner, "zbar_image_scanner_destroy") &&
                       zbar.find(library, zbar.configure, "zbar_image_scanner_set_config") &&
                       zbar.find(library, zbar.create_image, "zbar_image_create") &&
                       zbar.find(library, zbar.destroy_image, "zbar_image_destroy") &&
                       zbar.find(library, zbar.set_format, "zbar_image_set_format") &&
                       zbar.find(library, zbar.set_size, "zbar_image_set_size") &&
                       zbar.find(library, zbar.set_data, "zbar_image_set_data") &&
                       zbar.find(library, zbar.scan, "zbar_scan_image") &&
                       zbar.find(library, zbar.first_symbol, "zbar_image_first_symbol") &&
                       zbar.find(library, zbar.symbol_data, "zbar_symbol_get_data") &&
                       zbar.find(library, zbar.symbol_length, "zbar_symbol_get_data_length");
    if (!whole) return fail(kNoPictureReader, "libzbar");
    return zbar;
  }

  decltype(&zbar::zbar_image_scanner_create) create_scanner = nullptr;
  decltype(&zbar::zbar_image_scanner_destroy) destroy_scanner = nullptr;
  decltype(&zbar::zbar_image_scanner_set_config) configure = nullptr;
  decltype(&zbar::zbar_image_create) create_image = nullptr;
  decltype(&zbar::zbar_image_destroy) destroy_image = nullptr;
  decltype(&zbar::zbar_image_set_format) set_format = nullptr;
  decltype(&zbar::zbar_image_set_size) set_size = nullptr;
  decltype(&zbar::zbar_image_set_data) set_data = nullptr;
  decltype(&zbar::zbar_scan_image) scan = nullptr;
  decltype(&zbar::zbar_image_first_symbol) first_symbol = nullptr;
  decltype(&zbar::zbar_symbol_get_data) symbol_data = nullptr;
  decltype(&zbar::zbar_symbol_get_data_length) symbol_length = nullptr;

 private:
  template <class Function>
  static bool find(void* library, Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
  }
};

}  // namespace

Result<bool> is_picture(const Path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail(errno == ENOENT ? kNoSuchFile : kFileFault, "picture", errno);
  std::array<std::uint8_t, kPngMark.size()> mark{};
  return ::read(file.get(), mark.data(), mark.size()) == ssize_t{mark.size()} && mark == kPngMark;
}

Result<std::string> read_qr_picture(const Path& path) {
  const Bytes file = TRY(read_file(path, kMaxPictureBytes));
  const Pixels pixels = TRY(decode_png(file));
  const Zbar library = TRY(Zbar::load());
  const std::unique_ptr<zbar::zbar_image_scanner_t, decltype(&zbar::zbar_image_scanner_destroy)>
      scanner(library.create_scanner(), library.destroy_scanner);
  const std::unique_ptr<zbar::zbar_image_t, decltype(&zbar::zbar_image_destroy)> image(
      library.create_image(), library.destroy_image);
  if (!scanner || !image) return fail(kNoMemory, "picture reader");
  // QR codes alone: less code meets what a stranger drew.
  library.configure(scanner.get(), zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
  library.configure(scanner.get(), zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
  library.set_format(image.get(), kGray);
  library.set_size(image.get(), pixels.width, pixels.height);
  library.set_data(image.get(), pixels.gray.data(), pixels.gray.size(), nullptr);
  // Two codes would leave it to chance which one is meant.
  if (library.scan(scanner.get(), image.get()) != 1) return fail(kNoCodeInPicture, "QR codes");
  const zbar::zbar_symbol_t* const symbol = library.first_symbol(image.get());
  if (symbol == nullptr) return fail(kNoCodeInPicture, "QR code");
  return std::string(library.symbol_data(symbol), library.symbol_length(symbol));
}

}  // namespace tocsin
