// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A finding in sentences: who came to where it went wrong, by which calls, holding what; and what would have avoided it. Both
// are read off the trace and the finding: there is no text about any one target or bug. Pure functions. Depends on finding.h,
// core/trace.h and symbol_source.h.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// "bpf took pcpu_alloc_mutex (pcpu_alloc percpu.cc:240) and waits for cpu_hotplug.lock by pcpu_alloc -> alloc_pages -> ...".
// Ends with a full stop.
std::string TellWhatHappened(const Trace& trace, const Finding& finding, SymbolSource& symbols);

// Which order, lock or moment would have avoided it. Empty if the trace does not tell.
std::string TellRemedy(const Trace& trace, const Finding& finding, SymbolSource& symbols);

}  // namespace hotweave
