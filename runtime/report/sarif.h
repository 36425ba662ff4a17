// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A finding as SARIF 2.1.0 (OASIS), which code scanning services and editors show. A pure function of its arguments.
// Depends on story.h, held_locks.h.
//
// One run with one result. Rules are the kinds of finding.def. Files are relative to SRCROOT, the source tree. The code
// flow has a thread flow per task, with what that task does on the way to the finding; executionOrder says how the tasks
// interleave. The fingerprint is that of hotweave, so that equal bugs are one alert.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"
#include "report/text.h"

namespace hotweave {

// A JSON document, indented, ended by a newline.
std::string SarifReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols);

}  // namespace hotweave
