// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The interleaving that leads to a finding as a picture: a lane per task, time downwards, a numbered box per segment,
// in it the operations that matter. A pure function of its arguments; text as in the report's table.
// Depends on story.h, segments.h.
#pragma once

#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// A complete SVG document, ended by a newline. `title` stands above the lanes.
std::string InterleavingSvg(const Trace& trace, const Finding& finding, const std::string& title, SymbolSource& symbols);

}  // namespace hotweave
