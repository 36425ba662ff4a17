// SPDX-License-Identifier: GPL-2.0-only OR MIT
// An execution in the Trace Event Format of Chrome, which ui.perfetto.dev and speedscope open. A pure function of its
// arguments. Depends on timeline.h.
//
// Time is the number of the event, as microseconds: there is no other clock that means anything. Process 1 has a thread
// per task (spans in which it runs, waits, could run; in them its operations), the locks that tasks hold, the memory
// in dispute as a counter; process 2 a thread per model CPU. Arrows: creations, wake-ups, preemptions. The places of
// the finding are instants.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"
#include "report/text.h"

namespace hotweave {

// A complete JSON document, one event per line, ended by a newline.
std::string PerfettoReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols);

}  // namespace hotweave
