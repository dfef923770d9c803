#include "protocol/alert/lookalike.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

// Latin letters with marks, U+00C0 … U+017F, as their base letters ('.' = nothing).
constexpr std::string_view kLatin1 =
    "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";
constexpr std::string_view kLatinA =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrss"
    "ssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin1.size() == 0x100 - 0xC0);
static_assert(kLatinA.size() == 0x180 - 0x100);

// Letters of other scripts drawn like Latin ones, and letters that one script draws alike.
constexpr std::array<std::pair<char32_t, char32_t>, 92> kAlike{{
    // Greek
    {U'α', U'a'},
    {U'Α', U'a'},
    {U'Β', U'b'},
    {U'Ε', U'e'},
    {U'ε', U'e'},
    {U'Ζ', U'z'},
    {U'Η', U'h'},
    {U'Ι', U'l'},
    {U'ι', U'l'},
    {U'Κ', U'k'},
    {U'κ', U'k'},
    {U'Μ', U'm'},
    {U'Ν', U'n'},
    {U'ν', U'v'},
    {U'Ο', U'o'},
    {U'ο', U'o'},
    {U'Ρ', U'p'},
    {U'ρ', U'p'},
    {U'Τ', U't'},
    {U'τ', U't'},
    {U'Υ', U'y'},
    {U'υ', U'u'},
    {U'Χ', U'x'},
    {U'χ', U'x'},
    // Cyrillic
    {U'а', U'a'},
    {U'А', U'a'},
    {U'В', U'b'},
    {U'в', U'b'},
    {U'с', U'c'},
    {U'С', U'c'},
    {U'е', U'e'},
    {U'Е', U'e'},
    {U'Н', U'h'},
    {U'н', U'h'},
    {U'һ', U'h'},
    {U'і', U'l'},
    {U'І', U'l'},
    {U'ј', U'j'},
    {U'Ј', U'j'},
    {U'К', U'k'},
    {U'к', U'k'},
    {U'М', U'm'},
    {U'м', U'm'},
    {U'о', U'o'},
    {U'О', U'o'},
    {U'р', U'p'},
    {U'Р', U'p'},
    {U'ѕ', U's'},
    {U'Ѕ', U's'},
    {U'Т', U't'},
    {U'т', U't'},
    {U'у', U'y'},
    {U'У', U'y'},
    {U'х', U'x'},
    {U'Х', U'x'},
    {U'ԁ', U'd'},
    {U'ӏ', U'l'},
    {U'Ӏ', U'l'},
    {U'ѵ', U'v'},
    {U'ё', U'e'},
    // Latin among itself, after lower-casing
    {U'0', U'o'},
    {U'1', U'l'},
    {U'i', U'l'},
    {U'|', U'l'},
    {U'!', U'l'},
    {U'5', U's'},
    {U'$', U's'},
    {U'ı', U'l'},
    {U'ſ', U's'},
    {U'ɡ', U'g'},
    {U'ɑ', U'a'},
    {U'ɩ', U'l'},
    // Arabic
    {U'أ', U'ا'},
    {U'إ', U'ا'},
    {U'آ', U'ا'},
    {U'ٱ', U'ا'},
    {U'ى', U'ي'},
    {U'ی', U'ي'},
    {U'ئ', U'ي'},
    {U'ک', U'ك'},
    {U'ة', U'ه'},
    {U'ہ', U'ه'},
    {U'ھ', U'ه'},
    {U'ؤ', U'و'},
    // Digits of other scripts that look like letters here
    {U'٥', U'o'},
    {U'०', U'o'},
    {U'۰', U'.'},
    {U'٠', U'.'},
    {U'١', U'l'},
    {U'۱', U'l'},
    {U'ا', U'l'},
    {U'ـ', U'.'},
}};

char32_t folded(char32_t point) {
  if (point >= 0xFF01 && point <= 0xFF5E) point -= 0xFEE0;  // full width
  if (point >= 0x1D400 && point <= 0x1D6A3)                 // mathematical alphabets of 26 + 26
    point = U'a' + (point - 0x1D400) % 26;
  point = ascii_lower(point);
  if (point >= 0xC0 && point <= 0xFF) point = static_cast<char32_t>(kLatin1[point - 0xC0]);
  if (point >= 0x100 && point <= 0x17F) point = static_cast<char32_t>(kLatinA[point - 0x100]);
  // Twice, since a folded letter may itself have a look-alike (alef to a plain stroke).
  for (int pass = 0; pass < 2; ++pass) {
    const auto found = std::ranges::find(kAlike, point, &std::pair<char32_t, char32_t>::first);
    if (found != kAlike.end()) point = found->second;
  }
  return point;
}

// At most one letter inserted, left out, changed, or two neighbours exchanged.
bool one_slip_apart(std::u32string_view a, std::u32string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t front = 0;
  while (front < a.size() && a[front] == b[front]) ++front;
  const std::u32string_view rest_a = a.substr(front);
  const std::u32string_view rest_b = b.substr(front);
  if (a.size() < b.size()) return rest_a == rest_b.substr(1);
  if (rest_a.empty() || rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() >= 2 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] &&
         rest_a.substr(2) == rest_b.substr(2);
}

}  // namespace

std::u32string name_skeleton(std::string_view name) {
  std::u32string skeleton;
  for (const char32_t point : decode_utf8_leniently(name)) {
    const char32_t letter = is_combining(point) ? U'.' : folded(point);
    if (!is_letter(letter) && !is_digit(letter)) continue;
    // "rn" is read as "m", "vv" as "w".
    if (letter == U'n' && skeleton.ends_with(U'r')) {
      skeleton.back() = U'm';
    } else if (letter == U'v' && skeleton.ends_with(U'v')) {
      skeleton.back() = U'w';
    } else {
      skeleton.push_back(letter);
    }
  }
  return skeleton;
}

bool names_look_alike(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongEnoughForSlips = 6;
  const std::u32string first = name_skeleton(a);
  const std::u32string second = name_skeleton(b);
  if (first == second) return true;
  return std::min(first.size(), second.size()) >= kLongEnoughForSlips &&
         one_slip_apart(first, second);
}

}  // namespace tocsin
