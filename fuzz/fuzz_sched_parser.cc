// SPDX-License-Identifier: GPL-2.0-only OR MIT
// libFuzzer target of its own for the .sched parser: any bytes either fail with a place and a message, or
// parse to a schedule that is a fixed point of writing and reading. Depends on <hotweave/schedule.h> alone.
#include <hotweave/schedule.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using hotweave::ParseError;
using hotweave::Schedule;

void Require(bool condition, const char* what) {
  if (condition) return;
  fprintf(stderr, "fuzz_sched_parser: %s\n", what);
  abort();
}

void CheckError(const ParseError& error, std::string_view text) {
  Require(error.line >= 1 && error.column >= 1, "an error without a place");
  Require(error.line <= text.size() + 1 && error.column <= text.size() + 1, "an error outside the text");
  Require(!error.message.empty() && error.message.size() < 300, "an error without a message of fair length");
}

void CheckFixedPoint(const Schedule& schedule) {
  const std::string text = FormatSchedule(schedule);
  Schedule again;
  ParseError error;
  Require(ParseSchedule(text, &again, &error), "what was written cannot be read");
  Require(FormatSchedule(again) == text, "writing what was read gives another text");
  Require(again.ToInput() == schedule.ToInput(), "the text form loses records");
  Require(again.tail == schedule.tail && again.steps == schedule.steps, "the text form loses its tail or steps");
  Require(again.trace_hash == schedule.trace_hash && again.race_detection == schedule.race_detection && again.lockdep == schedule.lockdep &&
              again.raw_lock_nesting == schedule.raw_lock_nesting && again.expect_fingerprint == schedule.expect_fingerprint,
          "the text form loses headers");
}

// Every byte string is an input; its records must survive the text form too (they have no names there).
void CheckBytes(std::string_view text) {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const hotweave::Input input = hotweave::DecodeBytes({bytes, text.size()});
  Require(hotweave::DecodeBytes(hotweave::EncodeBytes(input)) == input, "the byte form loses records");
  const Schedule schedule = hotweave::FromBytes({bytes, text.size()});
  CheckFixedPoint(schedule);
  Schedule again;
  ParseError error;
  Require(ParseSchedule(FormatSchedule(schedule), &again, &error), "what was written cannot be read");
  const std::vector<uint8_t> back = hotweave::ToBytes(again);
  Require(std::string_view(reinterpret_cast<const char*>(back.data()), back.size()) == text, "bytes change on their way through text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Schedule schedule;
  ParseError error;
  if (ParseSchedule(text, &schedule, &error))
    CheckFixedPoint(schedule);
  else
    CheckError(error, text);
  CheckBytes(text);
  return 0;
}
