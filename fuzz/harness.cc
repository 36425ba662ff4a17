// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One libFuzzer input, one execution. See harness.h.
#include "harness.h"

#include "attempts.h"

namespace hotweave {

HarnessState& Harness() {
  static HarnessState state;
  return state;
}

namespace {

// The whole fingerprint is known with a trace alone.
std::string WithTrace(const Input& input) {
  Trace trace;
  const RunResult r = RunInput(Harness().options, input, &trace);
  return r.finding ? r.finding->fingerprint : "";
}

bool IsKept(const Input& input, const Finding& finding) {
  const std::string& keep = Harness().keep;
  if (keep.empty()) return true;
  return MayTurnOutAs(finding, keep) && WithTrace(input) == keep;
}

}  // namespace

std::string FingerprintOf(const std::vector<uint8_t>& bytes) {
  HarnessState& h = Harness();
  h.options.profile = &h.profile;
  return WithTrace(DecodeBytes(bytes));
}

int HarnessTestOneInput(const uint8_t* data, size_t size) {
  HarnessState& h = Harness();
  h.options.profile = &h.profile;
  ++h.executions;
  const Input input = DecodeBytes({data, size});
  const RunResult r = RunInput(h.options, input);
  if (r.verdict == VerdictKind::Finding && IsKept(input, *r.finding)) h.on_finding({data, data + size});
  return 0;
}

}  // namespace hotweave
