// SPDX-License-Identifier: GPL-2.0-only OR MIT
// An execution as the script of the HTML page reads it: compact JSON of events, spans, locks, stacks, source lines and
// values. Internal to report/. Its only user of JSON's other end is html/data.js, which names each member.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

struct ExecutionData {
  std::string json;            // as it may stand inside of <script>
  size_t left_out = 0;         // events
  bool has_sources = false;    // the text of at least one place was at hand
};

// At most `most_bytes`, as far as leaving out events can do that: first what came before the tasks of the finding met, then
// what is not on the path, oldest first.
ExecutionData DescribeExecution(const Trace& trace, const Finding& finding, size_t most_bytes, SymbolSource& symbols);

// "mem_hotplug_lock"; for a lock without object or name, the operation that took it.
std::string NameOfHeld(const Trace& trace, const HeldLock& lock, SymbolSource& symbols);

}  // namespace hotweave
