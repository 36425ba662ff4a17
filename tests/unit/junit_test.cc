// SPDX-License-Identifier: GPL-2.0-only OR MIT
// JUnit's XML: counts, order, and text that XML cannot hold. (That a parser reads it: e2e/regress_test.cc.)
#include "fuzz/junit.h"

#include <gtest/gtest.h>

namespace hotweave {
namespace {

using Outcome = JunitCase::Outcome;

TEST(Junit, EscapesWhatXmlReserves) {
  EXPECT_EQ(XmlEscape("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c'");
  EXPECT_EQ(XmlEscape("two\nlines\t."), "two&#10;lines&#9;.");
}

TEST(Junit, ReplacesWhatXmlCannotHold) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(XmlEscape(std::string("a\0b", 3)), "a" + r + "b");
  EXPECT_EQ(XmlEscape("\x1b[31m"), r + "[31m");
  EXPECT_EQ(XmlEscape("\xff\xc3("), r + r + "(") << "no UTF-8";
  EXPECT_EQ(XmlEscape("\xc0\xaf"), r + r) << "longer than it need be";
  EXPECT_EQ(XmlEscape("\xed\xa0\x80"), r) << "half of a pair";
  EXPECT_EQ(XmlEscape("\xe2\x80\xa6 \xf0\x9f\x90\xa7"), "\xe2\x80\xa6 \xf0\x9f\x90\xa7");
  EXPECT_EQ(XmlEscape("\xe2\x80"), r + r) << "cut";
}

TEST(Junit, CountsPerSuiteAndInAll) {
  const std::vector<JunitCase> cases = {{"a", "one", Outcome::Passed, "", "", "", 0.25},
                                        {"a", "two", Outcome::Failure, "gone", "expected x, passes", "", 0.5},
                                        {"b", "three", Outcome::Error, "unreadable", "bad", "said", 1},
                                        {"b", "four", Outcome::Skipped, "not-run", "stopped", "", 0}};
  EXPECT_EQ(JunitXml("all", cases),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"all\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"1.750\">\n"
            "  <testsuite name=\"a\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.750\">\n"
            "    <testcase classname=\"a\" name=\"one\" time=\"0.250\">\n"
            "    </testcase>\n"
            "    <testcase classname=\"a\" name=\"two\" time=\"0.500\">\n"
            "      <failure type=\"gone\" message=\"expected x, passes\">expected x, passes</failure>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "  <testsuite name=\"b\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\" time=\"1.000\">\n"
            "    <testcase classname=\"b\" name=\"three\" time=\"1.000\">\n"
            "      <error type=\"unreadable\" message=\"bad\">bad</error>\n"
            "      <system-out>said</system-out>\n"
            "    </testcase>\n"
            "    <testcase classname=\"b\" name=\"four\" time=\"0.000\">\n"
            "      <skipped message=\"stopped\"/>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
}

TEST(Junit, NothingIsADocumentToo) {
  EXPECT_EQ(JunitXml("x", {}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"x\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0.000\">\n</testsuites>\n");
}

}  // namespace
}  // namespace hotweave
