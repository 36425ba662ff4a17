// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A report about lock order in the lines that kernel developers know: the dependencies with both stacks of each, and the
// scenario in columns of CPUs. Pure functions. Internal to report/. Depends on finding.h and symbol_source.h.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// "bpf     holds pcpu_alloc_mutex   pcpu_alloc percpu.cc:240 < __alloc_percpu", then what it wants meanwhile: two lines for
// each edge, in the order of the cycle; one line with `short_form`, which has the innermost frame alone of the first. `frames`: at
// most so many of each stack.
std::vector<std::string> EdgeLines(const Trace& trace, const LockReport& locks, size_t frames, bool short_form,
                                   SymbolSource& symbols);

// "Possible unsafe locking scenario:" as the kernel draws it; empty if it has none for this report. `names`: of the title.
std::vector<std::string> ScenarioLines(const LockReport& locks, const std::vector<std::string>& names);

// The ends of a report that are not locks held and wanted but uses in a context: "taken in hard interrupts".
bool IsUsageSite(const Site& site);

}  // namespace hotweave
