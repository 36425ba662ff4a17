// SPDX-License-Identifier: GPL-2.0-only OR MIT
// JUnit's XML, as systems of continuous integration read it. The one output that holds times. Depends on nothing of the
// project.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotweave {

struct JunitCase {
  enum class Outcome { Passed, Failure, Error, Skipped };
  std::string suite, name;   // cases of one suite stand together
  Outcome outcome = Outcome::Passed;
  std::string type, message; // of what is not passed
  std::string output;        // <system-out>; "": none
  double seconds = 0;
};

// One document: <testsuites> with a <testsuite> for each suite, in the order of the cases. Text that XML cannot hold (not
// UTF-8, control characters) is replaced by U+FFFD.
std::string JunitXml(std::string_view name, const std::vector<JunitCase>& cases);

// As text or as the value of an attribute.
std::string XmlEscape(std::string_view text);

}  // namespace hotweave
