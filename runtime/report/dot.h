// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Two graphs of an execution for graphviz: the order in which tasks took locks, and who waits for whom at the end. What
// the finding is about is red; of the locks only those that lead there are shown, unless context.all is set. A pure function of its arguments. Depends on graphs.h.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"
#include "report/text.h"

namespace hotweave {

// Two digraphs, "lock_order" and "wait_for". `dot -Tsvg -O FILE` makes a picture of each.
std::string DotReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols);

}  // namespace hotweave
