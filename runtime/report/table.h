// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Rows of a story as a table for a terminal. Internal to report/.
#pragma once

#include <string>
#include <vector>

#include "core/trace.h"
#include "report/story.h"

namespace hotweave {

// One column per task; a single one if there are more than three tasks or less than 80 columns. Cells that
// are too long are wrapped, never cut. Each line ends with a newline.
// `colour`: with ANSI escapes.
std::string RenderTable(const std::vector<StoryRow>& rows, const Trace& trace, size_t width, bool colour = false);

// Splits at blanks into lines of at most `width` characters (longer words stand alone).
std::vector<std::string> WrapWords(const std::string& text, size_t width);

// Characters of UTF-8 text.
size_t DisplayWidth(const std::string& text);

}  // namespace hotweave
