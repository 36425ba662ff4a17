// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See junit.h.
#include "junit.h"

#include <fmt/format.h>

#include <cstdint>

namespace hotweave {
namespace {

using Outcome = JunitCase::Outcome;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";   // U+FFFD

// Length of the well-formed UTF-8 sequence that `text` begins with, and what it stands for; 0 if it is none.
size_t Sequence(std::string_view text, uint32_t* code) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const size_t length = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 6 ? 2 : byte(0) >> 4 == 14 ? 3 : byte(0) >> 3 == 30 ? 4 : 0;
  if (length == 0 || length > text.size()) return 0;
  *code = length == 1 ? byte(0) : byte(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if (byte(i) >> 6 != 2) return 0;
    *code = *code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return *code >= kLeast[length] ? length : 0;
}

// The production Char of XML 1.0.
bool IsChar(uint32_t c) {
  if (c < 0x20) return c == 9 || c == 10 || c == 13;
  return c < 0xd800 || (c > 0xdfff && c < 0xfffe) || (c > 0xffff && c < 0x110000);
}

std::string_view Entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;";   // in an attribute a bare one would become a blank
    case '\t': return "&#9;";
    case '\r': return "&#13;";
    default: return {};
  }
}

size_t Count(const std::vector<JunitCase>& cases, const std::string* suite, Outcome outcome) {
  size_t n = 0;
  for (const JunitCase& c : cases) n += (!suite || c.suite == *suite) && c.outcome == outcome;
  return n;
}

double Seconds(const std::vector<JunitCase>& cases, const std::string* suite) {
  double sum = 0;
  for (const JunitCase& c : cases) sum += !suite || c.suite == *suite ? c.seconds : 0;
  return sum;
}

std::string Counts(const std::vector<JunitCase>& cases, const std::string* suite) {
  size_t tests = 0;
  for (const JunitCase& c : cases) tests += !suite || c.suite == *suite;
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")", tests,
                     Count(cases, suite, Outcome::Failure), Count(cases, suite, Outcome::Error),
                     Count(cases, suite, Outcome::Skipped), Seconds(cases, suite));
}

std::string CaseXml(const JunitCase& c) {
  std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n", XmlEscape(c.suite),
                                XmlEscape(c.name), c.seconds);
  if (c.outcome == Outcome::Skipped) out += fmt::format("      <skipped message=\"{}\"/>\n", XmlEscape(c.message));
  if (c.outcome == Outcome::Failure || c.outcome == Outcome::Error) {
    const char* element = c.outcome == Outcome::Error ? "error" : "failure";
    out += fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{2}</{0}>\n", element, XmlEscape(c.type), XmlEscape(c.message));
  }
  if (!c.output.empty()) out += fmt::format("      <system-out>{}</system-out>\n", XmlEscape(c.output));
  return out + "    </testcase>\n";
}

}  // namespace

std::string XmlEscape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    uint32_t code = 0;
    const size_t length = Sequence(text, &code);
    if (length == 0 || !IsChar(code)) {
      out += kReplacement;
    } else if (const std::string_view entity = Entity(text[0]); !entity.empty()) {
      out += entity;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length ? length : 1);
  }
  return out;
}

std::string JunitXml(std::string_view name, const std::vector<JunitCase>& cases) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"{}\" {}>\n", XmlEscape(name), Counts(cases, nullptr));
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::string& suite = cases[i].suite;
    if (i == 0 || cases[i - 1].suite != suite) {
      out += fmt::format("  <testsuite name=\"{}\" {}>\n", XmlEscape(suite), Counts(cases, &suite));
    }
    out += CaseXml(cases[i]);
    if (i + 1 == cases.size() || cases[i + 1].suite != suite) out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace hotweave
