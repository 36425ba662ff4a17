// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Writes the text form of schedules (.sched); corpus/README.md has the grammar. Parsing what is written here
// gives the same records. Depends on keys.h.
#include "core/schedule_text.h"

#include <algorithm>

#include <hotweave/schedule.h>

#include "core/keys.h"

namespace hotweave {
namespace schedule_text {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Hex(uint64_t value, int digits) {
  std::string out(static_cast<size_t>(digits), '0');
  for (size_t i = out.size(); i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

std::string ShortHex(uint64_t value) {
  int digits = 1;
  while (digits < 16 && value >> (4 * digits)) digits++;
  return Hex(value, digits);
}

std::string Escape(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (!IsBlank(c) && !IsControl(c) && c != '#' && c != '%') {
      out += c;
    } else {
      out += '%';
      out += Hex(static_cast<unsigned char>(c), 2);
    }
  }
  return out;
}

size_t Unescape(std::string_view token, std::string* name) {
  name->clear();
  for (size_t i = 0; i < token.size(); i++) {
    if (token[i] != '%') {
      *name += token[i];
      continue;
    }
    if (i + 2 >= token.size() || HexValue(token[i + 1]) < 0 || HexValue(token[i + 2]) < 0) return i;
    *name += static_cast<char>(HexValue(token[i + 1]) * 16 + HexValue(token[i + 2]));
    i += 2;
  }
  return std::string_view::npos;
}

std::string TidyComment(std::string_view comment) {
  std::string out(comment);
  std::replace_if(out.begin(), out.end(), IsControl, ' ');
  const size_t first = out.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

std::pair<std::string_view, uint64_t> SplitObject(std::string_view object) {
  const size_t plus = object.rfind("+0x");
  const std::string_view digits = plus == object.npos ? "" : object.substr(plus + 3);
  if (plus == 0 || digits.empty() || digits.size() > 16) return {object, 0};
  uint64_t offset = 0;
  for (char c : digits) {
    if (HexValue(c) < 0) return {object, 0};
    offset = offset << 4 | static_cast<uint64_t>(HexValue(c));
  }
  return {object.substr(0, plus), offset};
}

std::string JoinObject(std::string_view name, uint64_t offset) {
  return name.empty() || name.starts_with(kStackOf) ? std::string(name) : std::string(name) + "+0x" + ShortHex(offset);
}

uint16_t NamedKey(Op op, std::string_view object) {
  const auto [name, offset] = SplitObject(object);
  return OperationKey(static_cast<uint8_t>(op), ObjectKey(name, offset));
}

// Blocked is the one operation of the scheduler that has a key: which task runs next is decided there.
bool HasKey(Op op) { return op == Op::Blocked || (op < Op::kCount && ClassOf(op) != OpClass::Engine); }

}  // namespace schedule_text

namespace {

using namespace schedule_text;

// True if the names say all that the record does, so that a reader gets the same record back.
bool NamesAreExact(const NamedRecord& r) {
  if (r.task.empty() || r.to.empty() || r.record.kind != Record::kPreempt) return false;
  if (r.record.nth == 0 || r.record.nth > kMaxNth) return false;
  const Op op = OpByName(r.op);
  return HasKey(op) && r.record.key == NamedKey(op, r.object) && r.record.task == TaskKey(r.task) &&
         r.record.to == TaskKey(r.to);
}

std::string FormatRecord(const NamedRecord& r) {
  std::string line;
  if (NamesAreExact(r)) {
    line = "preempt " + Escape(r.task) + " at " + r.op;
    const auto [name, offset] = SplitObject(r.object);
    if (!name.empty()) line += ":" + Escape(JoinObject(name, offset));
    line += " #" + std::to_string(r.record.nth) + " to " + Escape(r.to);
    if (r.hash) line += " hash " + Hex(r.hash, 16);
  } else {
    line = "raw " + Hex(r.record.key, 4) + " " + Hex(r.record.task, 4) + " " +
           ShortHex(std::min<uint32_t>(r.record.nth, kMaxNth)) + " " + ShortHex(r.record.kind & 3u) + " " +
           Hex(r.record.to, 4);
  }
  const std::string comment = TidyComment(r.comment);
  return comment.empty() ? line : line + "  # " + comment;
}

std::string FormatChoice(const NamedChoice& c) {
  if (c.task.empty() || c.choice.nth == 0 || c.choice.task != TaskKey(c.task))
    return "raw-choose " + Hex(c.choice.task, 4) + " " + ShortHex(c.choice.nth) + " " +
           ShortHex(c.choice.value);
  return "choose " + Escape(c.task) + " #" + std::to_string(c.choice.nth) + " = " +
         std::to_string(c.choice.value);
}

constexpr size_t kStepsOfALine = 96;

std::string FormatSteps(std::string_view steps) {
  std::string out;
  for (; !steps.empty(); steps.remove_prefix(std::min(steps.size(), kStepsOfALine)))
    out += "steps " + std::string(steps.substr(0, kStepsOfALine)) + "\n";
  return out;
}

std::string FormatTail(const RawTail& tail) {
  std::string line = "raw-tail " + (tail.counted ? Hex(tail.count, 4) : "-") + " ";
  if (tail.bytes.empty()) line += "-";
  for (const uint8_t b : tail.bytes) line += Hex(b, 2);
  return line + "\n";
}

std::string FormatExpect(const Schedule& s) {
  if (s.expect_kind.empty()) return "expect: pass";
  std::string line = "expect: " + Escape(s.expect_kind);
  if (!s.expect_fingerprint.empty()) line += " " + Escape(s.expect_fingerprint);
  return line;
}

}  // namespace

std::string FormatSchedule(const Schedule& s) {
  std::string out = std::string(kMagic) + " " + std::to_string(s.version) + "\n";
  if (!s.target.empty()) out += "target: " + Escape(s.target) + "\n";
  if (!s.profile.empty()) out += "profile: " + Escape(s.profile) + "\n";
  if (!s.race_detection) out += "races: off\n";
  if (!s.lockdep.empty()) out += "lockdep: " + s.lockdep + "\n";
  if (s.raw_lock_nesting) out += "raw-lock-nesting: on\n";
  out += FormatExpect(s) + "\n";
  if (s.trace_hash) out += "trace-hash: " + Hex(s.trace_hash, 16) + "\n";
  for (const NamedChoice& c : s.choices) out += FormatChoice(c) + "\n";
  for (const NamedRecord& r : s.records) out += FormatRecord(r) + "\n";
  if (s.tail) out += FormatTail(*s.tail);
  return out + FormatSteps(s.steps);
}

bool LooksLikeSchedule(std::string_view bytes) { return bytes.starts_with(kMagic); }

}  // namespace hotweave
