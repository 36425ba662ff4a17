// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Text into a page: escaping, and placeholders of a template. Internal to report/.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hotweave {

// For contents and for attribute values in double quotes. What is not UTF-8, or a control character, becomes U+FFFD.
std::string Escape(std::string_view text);

// `<tag attributes>escaped text</tag>`.
std::string Element(std::string_view tag, std::string_view text, std::string_view attributes = "");

// JSON that may stand inside of <script>: it can neither end it nor begin a comment.
std::string ForScript(std::string json);

// Puts values in the place of "{{name}}". Values are not looked at again. A placeholder without a value, and a value
// without a placeholder, are faults of the program.
using Values = std::vector<std::pair<std::string_view, std::string>>;
std::string Fill(std::string_view page, const Values& values);

}  // namespace hotweave
