// SPDX-License-Identifier: GPL-2.0-only OR MIT
// NAME_fuzzer: a target as a libFuzzer program. Plain libFuzzer flags and exit codes. The target is the one
// the program was built for; HOTWEAVE_TARGET=NAME[@PROFILE] in the environment overrides it. HOTWEAVE_KEEP=FINGERPRINT:
// inputs that show another finding are no failures; -minimize_crash=1 sets it to what its input shows.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <string_view>

#include "artifacts.h"
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
  const Confirmed c = Confirm(h.options, DecodeBytes(bytes), h.keep.empty());
  ReportContext context;
  context.target = h.options.target->name;
  context.profile = h.profile.name;
  context.executions = h.executions;
  context.replayed = fmt::format("{}/{}", c.replayed, kReplays);
  fmt::print(stderr, "{}", TextReport(c.trace, c.finding, context, Symbolizer::Get()));
  fmt::print(stderr, "{}:\n{}", h.keep.empty() ? "simplest schedule found" : "schedule", FormatSchedule(c.schedule));
  abort();
}

std::string DefaultSpec() {
  if (const char* spec = std::getenv("HOTWEAVE_TARGET")) return spec;
  if (&hotweave_fuzzer_default_target && *hotweave_fuzzer_default_target) return hotweave_fuzzer_default_target;
  const auto targets = Targets();
  return targets.size() == 1 ? targets[0]->name : "";
}

// libFuzzer minimizes by starting itself anew, first for the input as it is, then with mutations of it until one fails,
// and so on. All of those inherit the environment: it is the one place for what must be kept.
void KeepFinding(int argc, char** argv) {
  HarnessState& h = Harness();
  const char* asked = std::getenv("HOTWEAVE_KEEP");
  if (asked) h.keep = asked;
  bool minimizes = false;
  const char* file = nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string_view a = argv[i];
    if (a.starts_with("-minimize_crash=") && a != "-minimize_crash=0") minimizes = true;
    if (!a.starts_with("-")) file = argv[i];
  }
  if (!minimizes || asked || !file) return;
  const std::string contents = ReadFile(file);
  h.keep = FingerprintOf({contents.begin(), contents.end()});
  if (h.keep.empty()) return;   // libFuzzer says that it does not fail
  setenv("HOTWEAVE_KEEP", h.keep.c_str(), 1);
  fmt::print(stderr, "hotweave: keeping {}\n", h.keep);
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

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  hotweave::Setup();
  try {
    hotweave::KeepFinding(*argc, *argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "hotweave: {}\n", e.what());
    exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return hotweave::HarnessTestOneInput(data, size);
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return hotweave::HarnessMutate(data, size, max_size, seed);
}
