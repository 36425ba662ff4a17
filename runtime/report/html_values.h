// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the memory that a finding is about held over time. Internal to report/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

struct DisputedValue {
  struct Access {
    uint32_t event = 0;
    bool store = false;
    std::string value;   // afterwards; empty: not known, or might be an address
  };
  std::string name, path;         // "zone.present_pages", "node_data[0].node_zones[1].present_pages"
  bool disputed = true;           // false: read by the finding's task just before, written by another one
  std::vector<Access> accesses;   // in the order of events
};

// The memory in dispute, by field. If the finding names none: what its task had read last that another task wrote
// since the tasks of the finding met. The latest accesses alone if there are very many.
std::vector<DisputedValue> ValuesInDispute(const Trace& trace, const Finding& finding, SymbolSource& symbols);

}  // namespace hotweave
