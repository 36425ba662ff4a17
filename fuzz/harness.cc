// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One libFuzzer input, one execution. See harness.h.
#include "harness.h"

namespace hotweave {

HarnessState& Harness() {
  static HarnessState state;
  return state;
}

int HarnessTestOneInput(const uint8_t* data, size_t size) {
  HarnessState& h = Harness();
  h.options.profile = &h.profile;
  ++h.executions;
  const RunResult r = RunInput(h.options, DecodeBytes({data, size}));
  if (r.verdict == VerdictKind::Finding) h.on_finding({data, data + size});
  return 0;
}

}  // namespace hotweave
