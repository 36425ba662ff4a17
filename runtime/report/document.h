// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Everything that is known of an execution and its finding as one JSON document, for programs: schema
// docs/schema/report-1.json. A pure function of its arguments. Depends on json.h, timeline.h, graphs.h.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"
#include "report/text.h"

namespace hotweave {

// Raised when a key changes its meaning or goes away; keys that are added do not raise it.
inline constexpr int kReportVersion = 1;

// A JSON document ended by a newline; of long lists one element per line. No addresses: what could be one is null.
std::string JsonReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols);

}  // namespace hotweave
