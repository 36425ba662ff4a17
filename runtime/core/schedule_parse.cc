// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Reads the text form of schedules (.sched); corpus/README.md has the grammar. Whatever bytes come in, the
// parser either understands every line or names the first place that it does not understand.
#include <algorithm>
#include <iterator>
#include <utility>

#include <hotweave/schedule.h>

#include "core/schedule_text.h"

namespace hotweave {
namespace {

using namespace schedule_text;

// What was found, for a message: printable, short, in quotes.
std::string Quote(std::string_view text) {
  constexpr size_t kLongest = 40;
  std::string out = "'";
  for (char c : text.substr(0, kLongest))
    out += IsControl(c) || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  return out + (text.size() > kLongest ? "...'" : "'");
}

// Reads the tokens of one line. After the first error every further call does nothing.
class Line {
 public:
  Line(std::string_view text, ParseError* error) : text_(text), error_(error) {}

  bool ok() const { return ok_; }

  // At the end of the line, or where a comment starts.
  bool AtEnd() {
    SkipBlanks();
    return pos_ == text_.size() || text_[pos_] == '#';
  }

  bool StartsWithHash() {
    SkipBlanks();
    return pos_ < text_.size() && text_[pos_] == '#';
  }

  // The next token as it stands; `what` names it in the message if there is none.
  std::string_view Token(std::string_view what) {
    if (!ok_) return {};
    SkipBlanks();
    start_ = pos_;
    while (pos_ < text_.size() && !IsBlank(text_[pos_])) {
      if (IsControl(text_[pos_]))
        return Fail(pos_, "control character 0x" + Hex(static_cast<unsigned char>(text_[pos_]), 2) +
                              ": write it as %" + Hex(static_cast<unsigned char>(text_[pos_]), 2));
      pos_++;
    }
    if (pos_ == start_)
      return Fail(start_, "the line ends where " + std::string(what) + " should stand: add it");
    return text_.substr(start_, pos_ - start_);
  }

  void Expect(std::string_view word) {
    const std::string_view token = Token(Quote(word));
    if (ok_ && token != word) Fail(start_, "found " + Quote(token) + ": write " + Quote(word) + " here");
  }

  std::string Name(std::string_view what) {
    const std::string_view token = Token(what);
    if (ok_ && token[0] == '#')
      Fail(start_, "a comment stands in the place of " + std::string(what) + ": add it");
    return ok_ ? Unescaped(token, start_) : "";
  }

  std::string Unescaped(std::string_view token, size_t at) {
    std::string name;
    const size_t bad = Unescape(token, &name);
    if (bad != token.npos) Fail(at + bad, "'%' without two hexadecimal digits: write a percent sign as %25");
    return name;
  }

  // A number in [lo, hi], decimal or hexadecimal without prefix; `prefix` must stand before it ("#" or "").
  uint64_t Number(std::string_view what, std::string_view prefix, int base, uint64_t lo, uint64_t hi) {
    std::string_view token = Token(what);
    if (!ok_) return 0;
    if (!token.starts_with(prefix)) {
      Fail(start_,
           "found " + Quote(token) + ": write " + std::string(what) + " as " + std::string(prefix) + "N");
      return 0;
    }
    return Digits(token.substr(prefix.size()), start_ + prefix.size(), what, base, lo, hi);
  }

  // The same of the last token.
  uint64_t Value(std::string_view token, std::string_view what, int base, uint64_t lo, uint64_t hi) {
    return ok_ ? Digits(token, start_, what, base, lo, hi) : 0;
  }

  std::string Comment() {
    if (!ok_ || !StartsWithHash()) return "";
    std::string comment = TidyComment(text_.substr(pos_ + 1));
    pos_ = text_.size();
    return comment;
  }

  // Nothing but a comment may follow.
  void End() {
    if (ok_ && !AtEnd())
      Fail(pos_, "more text than this line can hold: remove it, or put '#' before a comment");
  }

  std::string_view Fail(size_t at, std::string message) {
    if (!ok_) return {};
    ok_ = false;
    error_->column = at + 1;
    error_->message = std::move(message);
    return {};
  }

  size_t start() const { return start_; }  // of the last token

 private:
  void SkipBlanks() {
    while (pos_ < text_.size() && IsBlank(text_[pos_])) pos_++;
  }

  uint64_t Digits(std::string_view digits, size_t at, std::string_view what, int base, uint64_t lo,
                  uint64_t hi) {
    uint64_t value = 0;
    bool fits = digits.size() <= 20;
    for (size_t i = 0; i < digits.size() && fits; i++) {
      const int digit = HexValue(digits[i]);
      if (digit < 0 || digit >= base) {
        Fail(at + i, std::string(what) + " is not a " + (base == 16 ? "hexadecimal" : "decimal") +
                         " number: found " + Quote(digits));
        return 0;
      }
      fits = value <= (~0ull - static_cast<uint64_t>(digit)) / static_cast<uint64_t>(base);
      if (fits) value = value * static_cast<uint64_t>(base) + static_cast<uint64_t>(digit);
    }
    if (digits.empty()) Fail(at, "digits are missing: write " + std::string(what) + " here");
    if (fits && value >= lo && value <= hi) return value;
    auto show = [base](uint64_t v) { return base == 16 ? ShortHex(v) : std::to_string(v); };
    Fail(at, std::string(what) + " is out of range: use " + show(lo) + " to " + show(hi));
    return 0;
  }

  std::string_view text_;
  ParseError* error_;
  size_t pos_ = 0, start_ = 0;
  bool ok_ = true;
};

class Parser {
 public:
  Parser(std::string_view text, Schedule* out, ParseError* error) : rest_(text), out_(out), error_(error) {}

  bool Parse() {
    *out_ = Schedule();
    *error_ = ParseError();
    bool first = true;
    while (first || !rest_.empty()) {
      Line line(NextLine(), error_);
      first ? Magic(line) : Statement(line);
      if (!line.ok()) {
        error_->line = number_;
        return false;
      }
      first = false;
    }
    return TailFits();
  }

 private:
  std::string_view NextLine() {
    number_++;
    const size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view() : rest_.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  void Magic(Line& line) {
    if (line.Token("'hotweave-schedule 1'") != kMagic)
      line.Fail(0, "not a schedule: the first line must be 'hotweave-schedule " +
                       std::to_string(kScheduleFormatVersion) + "'");
    const uint64_t version = line.Number("the format version", "", 10, 0, 0xffffffff);
    if (line.ok() && version != kScheduleFormatVersion)
      line.Fail(line.start(), "format version " + std::to_string(version) +
                                  " is not known: this hotweave reads " +
                                  std::to_string(kScheduleFormatVersion));
    out_->version = static_cast<uint32_t>(version);
    line.End();
  }

  void Statement(Line& line) {
    if (line.AtEnd()) return;
    const std::string_view word = line.Token("a statement");
    if (!line.ok()) return;
    if (word == "choose") return Choose(line);
    if (word == "preempt") return Preempt(line);
    if (word == "raw") return Raw(line);
    if (word == "raw-choose") return RawChoose(line);
    if (word == "raw-tail") return RawTailOf(line);
    if (word == "steps") return Steps(line);
    if (word.ends_with(':')) return Header(line, word.substr(0, word.size() - 1));
    line.Fail(line.start(), "unknown statement " + Quote(word) +
                                ": use choose, preempt, raw, raw-choose, raw-tail, steps, or "
                                "'#' for a comment");
  }

  void Header(Line& line, std::string_view name) {
    static constexpr std::string_view kNames[] = {"target", "profile", "races", "lockdep", "raw-lock-nesting", "expect", "trace-hash"};
    const size_t index = static_cast<size_t>(std::find(std::begin(kNames), std::end(kNames), name) - kNames);
    if (index == std::size(kNames)) {
      line.Fail(line.start(),
                "unknown header " + Quote(name) + ": use target, profile, races, lockdep, raw-lock-nesting, expect or trace-hash");
      return;
    }
    if (seen_ & (1u << index)) {
      line.Fail(line.start(), "a second '" + std::string(name) + ":': remove one of them");
      return;
    }
    seen_ |= 1u << index;
    if (name == "target") out_->target = line.Name("the target's name");
    if (name == "profile") out_->profile = line.Name("the profile's name");
    if (name == "races") out_->race_detection = OnOrOff(line);
    if (name == "lockdep") Lockdep(line);
    if (name == "raw-lock-nesting") out_->raw_lock_nesting = OnOrOff(line);
    if (name == "expect") Expect(line);
    if (name == "trace-hash") out_->trace_hash = Hash(line);
    line.End();
  }

  void Lockdep(Line& line) {
    const std::string_view value = line.Token("'old', 'new' or 'off'");
    if (line.ok() && value != "old" && value != "new" && value != "off")
      line.Fail(line.start(), "lockdep is 'old', 'new' or 'off', not " + Quote(value));
    out_->lockdep = value;
  }

  bool OnOrOff(Line& line) {
    const std::string_view value = line.Token("on or off");
    if (line.ok() && value != "on" && value != "off")
      line.Fail(line.start(), "found " + Quote(value) + ": write on or off");
    return value == "on";
  }

  void Expect(Line& line) {
    std::string kind = line.Name("a finding's kind, or pass");
    if (!line.ok() || kind == "pass") return;
    if (KindByName(kind) == Kind::kCount) {
      line.Fail(line.start(),
                "unknown kind of finding " + Quote(kind) + ": use pass or a kind such as data-race");
      return;
    }
    out_->expect_kind = std::move(kind);
    if (!line.AtEnd()) out_->expect_fingerprint = line.Name("the fingerprint");
  }

  uint64_t Hash(Line& line) {
    const std::string_view digits = line.Token("16 hexadecimal digits");
    if (!line.ok()) return 0;
    if (digits.size() != 16) {
      line.Fail(line.start(), "found " + Quote(digits) + ": a hash has 16 hexadecimal digits");
      return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size(); i++) {
      if (HexValue(digits[i]) < 0) line.Fail(line.start() + i, "a hash has 16 hexadecimal digits");
      value = value << 4 | static_cast<uint64_t>(HexValue(digits[i]) & 15);
    }
    return value;
  }

  void Choose(Line& line) {
    NamedChoice c;
    c.task = line.Name("a task's name");
    c.choice.nth = static_cast<uint16_t>(line.Number("the choice's number", "#", 10, 1, 0xffff));
    line.Expect("=");
    c.choice.value = static_cast<uint16_t>(line.Number("the value", "", 10, 0, 0xffff));
    line.End();
    c.choice.task = TaskKey(c.task);
    if (line.ok()) out_->choices.push_back(std::move(c));
  }

  void RawChoose(Line& line) {
    NamedChoice c;
    c.choice.task = static_cast<uint16_t>(line.Number("the task's key", "", 16, 0, 0xffff));
    c.choice.nth = static_cast<uint16_t>(line.Number("the choice's number", "", 16, 0, 0xffff));
    c.choice.value = static_cast<uint16_t>(line.Number("the value", "", 16, 0, 0xffff));
    line.End();
    if (line.ok()) out_->choices.push_back(std::move(c));
  }

  void RawTailOf(Line& line) {
    RawTail tail;
    if (tail_line_) line.Fail(0, "a second 'raw-tail': remove one of them");
    const std::string_view count = line.Token("the number of choices, or -");
    tail.counted = count != "-";
    if (line.ok() && tail.counted) tail.count = static_cast<uint16_t>(line.Value(count, "the number of choices", 16, 0, 0xffff));
    const std::string_view bytes = line.Token("the bytes, or -");
    if (line.ok() && bytes != "-") Bytes(line, bytes, &tail.bytes);
    line.End();
    out_->tail = std::move(tail);
    tail_line_ = number_;
  }

  static void Bytes(Line& line, std::string_view digits, std::vector<uint8_t>* out) {
    constexpr size_t kLongest = 7;   // a record has eight
    if (digits.size() % 2 || digits.size() > 2 * kLongest)
      line.Fail(line.start(), "found " + Quote(digits) + ": up to " + std::to_string(kLongest) + " bytes have two hexadecimal digits each");
    for (size_t i = 0; i < digits.size() && line.ok(); i++) {
      const int value = HexValue(digits[i]);
      if (value < 0) line.Fail(line.start() + i, "found " + Quote(digits.substr(i, 1)) + ": bytes have two hexadecimal digits each");
      if (i % 2 == 0) out->push_back(0);
      out->back() = static_cast<uint8_t>(out->back() << 4 | (value & 15));
    }
  }

  // A tail says what bytes the schedule came from: with other choices or records it says nothing.
  bool TailFits() {
    if (!out_->tail || out_->HasBytes()) return true;
    error_->line = tail_line_;
    error_->column = 1;
    error_->message = "these bytes cannot follow the choices and records of this schedule: remove this line";
    return false;
  }

  void Steps(Line& line) {
    const std::string_view token = line.Token("the steps' characters");
    const size_t bad = token.find_first_not_of(kStepAlphabet);
    if (bad != token.npos)
      line.Fail(line.start() + bad, "found " + Quote(token.substr(bad, 1)) + ": steps are letters, digits, + and -; remove all "
                                    "lines of steps if they cannot be restored");
    if (line.ok() && token.size() > kMaxSteps - out_->steps.size())
      line.Fail(line.start(), "more than " + std::to_string(kMaxSteps) + " characters of steps: remove this line");
    line.End();
    if (line.ok()) out_->steps += token;
  }

  void Preempt(Line& line) {
    NamedRecord r;
    r.task = line.Name("a task's name");
    line.Expect("at");
    Operation(line, &r);
    r.record.nth = static_cast<uint16_t>(line.Number("the occurrence", "#", 10, 1, kMaxNth));
    line.Expect("to");
    r.to = line.Name("the next task's name");
    if (line.ok() && !line.AtEnd()) {
      line.Expect("hash");
      r.hash = Hash(line);
    }
    r.record.task = TaskKey(r.task);
    r.record.to = TaskKey(r.to);
    Finish(line, std::move(r));
  }

  // OP or OP:OBJECT or OP:OBJECT+0xOFFSET
  void Operation(Line& line, NamedRecord* r) {
    const std::string_view token = line.Token("an operation");
    if (!line.ok()) return;
    const size_t start = line.start();
    const std::string_view name = token.substr(0, token.find(':'));
    const Op op = OpByName(name);
    if (!HasKey(op)) {
      line.Fail(start, (op == Op::kCount ? "unknown operation " : "the scheduler itself does ") +
                           Quote(name) +
                           ": use the name of an operation of a task, such as mutex_lock or write");
      return;
    }
    r->op = name;
    if (name.size() < token.size()) Object(line, token.substr(name.size() + 1), start + name.size() + 1, r);
    r->record.key = NamedKey(op, r->object);
  }

  void Object(Line& line, std::string_view token, size_t at, NamedRecord* r) {
    if (token.empty()) {
      line.Fail(at, "the object's name is missing after ':': add it or remove the ':'");
      return;
    }
    const std::string object = line.Unescaped(token, at);
    const auto [name, offset] = SplitObject(object);
    r->object = JoinObject(name, offset);
  }

  void Raw(Line& line) {
    NamedRecord r;
    r.record.key = static_cast<uint16_t>(line.Number("the operation's key", "", 16, 0, 0xffff));
    r.record.task = static_cast<uint16_t>(line.Number("the task's key", "", 16, 0, 0xffff));
    r.record.nth = static_cast<uint16_t>(line.Number("the occurrence", "", 16, 0, kMaxNth));
    r.record.kind = static_cast<Record::Kind>(line.Number("the kind", "", 16, 0, 3));
    r.record.to = static_cast<uint16_t>(line.Number("what to do", "", 16, 0, 0xffff));
    Finish(line, std::move(r));
  }

  void Finish(Line& line, NamedRecord r) {
    r.comment = line.Comment();
    line.End();
    if (line.ok()) out_->records.push_back(std::move(r));
  }

  std::string_view rest_;
  Schedule* out_;
  ParseError* error_;
  size_t number_ = 0;
  size_t tail_line_ = 0;   // 0: none
  unsigned seen_ = 0;  // headers, by position in their list
};

}  // namespace

bool ParseSchedule(std::string_view text, Schedule* out, ParseError* error) {
  return Parser(text, out, error).Parse();
}

}  // namespace hotweave
