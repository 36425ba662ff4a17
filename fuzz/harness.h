// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Targets under libFuzzer: one input is one execution. Used by NAME_fuzzer (main_libfuzzer.cc) and by
// `fuzz --strategy guided`, which runs libFuzzer's driver inside the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <hotweave/run.h>

namespace hotweave {

// What the harness runs; set it before the first input.
struct HarnessState {
  RunOptions options;
  Profile profile;
  std::function<void(const std::vector<uint8_t>&)> on_finding;   // must not return
  uint64_t executions = 0;
  std::string keep;   // a fingerprint: inputs that show another finding are no failures; mutations only take away
};
HarnessState& Harness();

// The fingerprint of what an input shows, or "".
std::string FingerprintOf(const std::vector<uint8_t>& bytes);

// One input, the whole way. Returns 0 (libFuzzer's convention).
int HarnessTestOneInput(const uint8_t* data, size_t size);

// Record-level mutations (see mutator.cc). libFuzzer's contract.
size_t HarnessMutate(uint8_t* data, size_t size, size_t max_size, unsigned seed);

// Runs libFuzzer in a child process: RunGuidedCampaign() returns the failing input, or none, and how many executions there
// were. Throws std::runtime_error with one line if the corpus cannot be read. Leaves nothing behind but what it adds to it.
struct GuidedOptions {
  std::string corpus;   // folder, read (inputs as bytes, and schedules) and extended; empty: none
  double seconds = 0;
  uint64_t runs = 0;
  uint64_t seed = 1;
  bool quiet = false;
};
struct GuidedResult {
  bool found = false;
  bool stopped = false;   // by SIGINT or SIGTERM
  std::vector<uint8_t> input;
  uint64_t executions = 0;
  int status = 0;       // of libFuzzer's process, if it failed otherwise; 128 + signal
};
GuidedResult RunGuidedCampaign(const GuidedOptions& options);

}  // namespace hotweave
