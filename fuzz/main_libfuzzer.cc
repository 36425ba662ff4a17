// SPDX-License-Identifier: GPL-2.0-only OR MIT
// NAME_fuzzer: a target as a libFuzzer program. Plain libFuzzer flags and exit codes. The target is the one
// the program was built for; HOTWEAVE_TARGET=NAME[@PROFILE] in the environment overrides it.
#include <fmt/format.h>

#include <cstdlib>

#include "confirm.h"
#include "harness.h"
#include "report/symbolizer.h"
#include "report/text.h"

extern "C" __attribute__((weak)) const char* hotweave_fuzzer_default_target;

namespace hotweave {
namespace {

// Prints the report; the abort then makes libFuzzer keep the input as crash-….
[[noreturn]] void ReportAndAbort(const std::vector<uint8_t>& bytes) {
  const HarnessState& h = Harness();
  const Confirmed c = Confirm(h.options, DecodeBytes(bytes));
  ReportContext context;
  context.target = h.options.target->name;
  context.profile = h.profile.name;
  context.executions = h.executions;
  context.replayed = fmt::format("{}/{}", c.replayed, kReplays);
  fmt::print(stderr, "{}", TextReport(c.trace, c.finding, context, Symbolizer::Get()));
  fmt::print(stderr, "simplest schedule found:\n{}", FormatSchedule(c.schedule));
  abort();
}

std::string DefaultSpec() {
  if (const char* spec = std::getenv("HOTWEAVE_TARGET")) return spec;
  if (&hotweave_fuzzer_default_target && *hotweave_fuzzer_default_target) return hotweave_fuzzer_default_target;
  const auto targets = Targets();
  return targets.size() == 1 ? targets[0]->name : "";
}

void Setup() {
  HarnessState& h = Harness();
  const std::string spec = DefaultSpec();
  std::string error;
  if (spec.empty()) error = "this program holds several targets: set HOTWEAVE_TARGET=NAME[@PROFILE]";
  if (!error.empty() || !ParseTarget(spec, &h.options.target, &h.profile, &error)) {
    fmt::print(stderr, "hotweave: {}\n", error);
    exit(2);
  }
  h.options.profile = &h.profile;
  h.on_finding = ReportAndAbort;
}

}  // namespace
}  // namespace hotweave

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  hotweave::Setup();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return hotweave::HarnessTestOneInput(data, size);
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return hotweave::HarnessMutate(data, size, max_size, seed);
}
