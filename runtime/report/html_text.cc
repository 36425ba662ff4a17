// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html_text.h.
#include "report/html_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace hotweave {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";   // U+FFFD

// Bytes of the character that begins here; 0 if it is none of UTF-8.
size_t CharacterAt(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  const size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < length; i++)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f)) return 0;   // too long; half of a pair
  if ((lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

std::string_view EscapeOf(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return "";
  }
}

bool IsControl(char c) { return (static_cast<uint8_t>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }

[[noreturn]] void Fault(std::string_view what, std::string_view name) {
  fprintf(stderr, "HOTWEAVE-INTERNAL: the template of the HTML report %.*s: %.*s\n", static_cast<int>(what.size()),
          what.data(), static_cast<int>(name.size()), name.data());
  exit(70);
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = CharacterAt(text);
    const std::string_view special = EscapeOf(text[0]);
    if (length == 0 || IsControl(text[0]))
      out += kReplacement;
    else if (!special.empty())
      out += special;
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string Element(std::string_view tag, std::string_view text, std::string_view attributes) {
  std::string out = "<" + std::string(tag);
  if (!attributes.empty()) (out += ' ') += attributes;
  return out + ">" + Escape(text) + "</" + std::string(tag) + ">";
}

std::string ForScript(std::string json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

std::string Fill(std::string_view page, const Values& values) {
  std::string out;
  std::vector<bool> used(values.size());
  while (!page.empty()) {
    const size_t at = std::min(page.find("{{"), page.size());
    out += page.substr(0, at);
    page.remove_prefix(at);
    if (page.empty()) break;
    const size_t end = page.find("}}");
    if (end == page.npos) Fault("has a placeholder without end", page.substr(0, 20));
    const std::string_view name = page.substr(2, end - 2);
    const auto value = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == name; });
    if (value == values.end()) Fault("asks for something unknown", name);
    out += value->second;
    used[static_cast<size_t>(value - values.begin())] = true;
    page.remove_prefix(end + 2);
  }
  for (size_t i = 0; i < values.size(); i++)
    if (!used[i]) Fault("has no place for", values[i].first);
  return out;
}

}  // namespace hotweave
