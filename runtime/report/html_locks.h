// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The graphs of the HTML page: which lock was taken inside of which, the cycle among them, and who waited for whom.
// Internal to report/.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// Sections of HTML: the cycle with its stacks, the nestings of the execution as a picture and as a table.
std::string LockOrderSection(const Trace& trace, const Finding& finding, SymbolSource& symbols);

// Who waits for whom at the end; the script shows any other moment by the edges' data-when.
std::string WaitForSection(const Trace& trace, const Finding& finding, SymbolSource& symbols);

}  // namespace hotweave
