// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Mutations of inputs at the level of records, for libFuzzer. A random record hardly ever names an operation
// that happens, so records come from executions: a random walk is traced and its departures are written
// down as an input; others lose, copy or shift records of their parent. While a finding is to be kept (libFuzzer's
// -minimize_crash=1), whole records and choices are taken away, and nothing else is done.
#include <algorithm>
#include <bit>
#include <cstring>

#include "core/trace.h"
#include "harness.h"
#include "strategy/random_walk.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) __attribute__((weak));

namespace hotweave {
namespace {

// The departures of a random walk.
Input Walk(uint64_t seed) {
  RandomWalk walk(seed, 0);
  Trace trace;
  Schedule schedule;
  Harness().options.profile = &Harness().profile;
  RunExecution(Harness().options, walk, &trace, &schedule);
  return schedule.ToInput();
}

void Drop(Input* input, Random* random) {
  const uint32_t n = 1 + random->Below(3);
  for (uint32_t i = 0; i < n && !input->records.empty(); ++i) {
    input->records.erase(input->records.begin() + random->Below(static_cast<uint32_t>(input->records.size())));
  }
}

void Shift(Input* input, Random* random) {
  if (input->records.empty()) return;
  Record& r = input->records[random->Below(static_cast<uint32_t>(input->records.size()))];
  const int nth = r.nth + static_cast<int>(random->Below(5)) - 2;
  r.nth = static_cast<uint16_t>(std::clamp<int>(nth, 1, static_cast<int>(kMaxNth)));
}

// Some records of a fresh walk join the parent's.
void Splice(Input* input, Random* random) {
  const Input other = Walk(random->Next());
  for (const Record& r : other.records) {
    if (random->Below(2)) input->records.push_back(r);
  }
  for (const ChoiceRecord& c : other.choices) {
    if (random->Below(2)) input->choices.push_back(c);
  }
}

// Only what had an effect.
Input ExactOf(const Input& input) {
  Trace trace;
  Schedule schedule;
  Harness().options.profile = &Harness().profile;
  RunInput(Harness().options, input, &trace, &schedule);
  return schedule.ToInput();
}

// A stretch of a list: half of it, a quarter … one.
template <typename T>
void DropStretch(std::vector<T>* list, Random* random) {
  if (list->empty()) return;
  const auto n = static_cast<uint32_t>(list->size());
  const uint32_t length = n >> random->Below(static_cast<uint32_t>(std::bit_width(n)));
  const uint32_t at = random->Below(n - length + 1);
  list->erase(list->begin() + at, list->begin() + at + length);
}

void DropTask(Input* input, Random* random) {
  if (input->records.empty()) return;
  const uint16_t task = input->records[random->Below(static_cast<uint32_t>(input->records.size()))].task;
  std::erase_if(input->records, [&](const Record& r) { return r.task == task; });
  std::erase_if(input->choices, [&](const ChoiceRecord& c) { return c.task == task; });
}

// Simpler than its parent, and shorter: libFuzzer asks for that.
Input Simpler(const Input& parent, size_t max_size, Random* random) {
  Input input = parent;
  switch (random->Below(8)) {
    case 0: input = ExactOf(input); break;
    case 1: DropTask(&input, random); break;
    case 2: DropStretch(&input.choices, random); break;
    default: DropStretch(&input.records, random);
  }
  while (EncodeBytes(input).size() > max_size && !(input.records.empty() && input.choices.empty())) {
    input.records.empty() ? DropStretch(&input.choices, random) : DropStretch(&input.records, random);
  }
  return input;
}

size_t Write(const Input& input, uint8_t* data, size_t max_size) {
  std::vector<uint8_t> bytes = EncodeBytes(input);
  if (bytes.empty()) bytes.assign(2, 0);   // the empty input, in bytes: libFuzzer takes no empty ones
  const size_t n = std::min(bytes.size(), max_size);
  std::memcpy(data, bytes.data(), n);
  return n;
}

}  // namespace

size_t HarnessMutate(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed);
  Input input = DecodeBytes({data, size});
  if (!Harness().keep.empty()) return Write(Simpler(input, max_size, &random), data, max_size);
  const uint32_t what = random.Below(16);
  if (what == 0 && LLVMFuzzerMutate) return LLVMFuzzerMutate(data, size, max_size);
  if (what < 6 || input.records.empty()) {
    input = Walk(random.Next());
  } else if (what < 9) {
    Splice(&input, &random);
  } else if (what < 12) {
    Shift(&input, &random);
  } else {
    Drop(&input, &random);
  }
  return Write(input, data, max_size);
}

}  // namespace hotweave
