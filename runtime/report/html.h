// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The report as one HTML file that a person steps through: no network, no other file, readable without its script
// and on paper. A pure function of its arguments. The page, its style and its script are the files of html/, put into
// the program by cmake/EmbedFiles.cmake; docs/html.md is its manual. Depends on text.h.
#pragma once

#include <cstddef>
#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"
#include "report/text.h"

namespace hotweave {

// What a page takes at most. Events that do not fit are left out, those that matter least first, and the page says so.
inline constexpr size_t kMostHtmlBytes = 300'000;

std::string HtmlReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols);

}  // namespace hotweave
