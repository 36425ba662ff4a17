// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave regress`: each verdict, the exit statuses, what it prints where, JUnit's XML, --renew. That the corpus of this
// tree is as expected in this build: corpus_test.cc.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "program_helper.h"

namespace hotweave {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kProgram = HOTWEAVE_SOURCE_DIR "/corpus/online_vs_probe/programs/R1.2.sched";

// A corpus of one target whose files the tests spoil.
class Regress : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(corpus_ + "/online_vs_probe/crashers");
    fs::create_directories(corpus_ + "/online_vs_probe/seeds");
    good_ = Slurp(kProgram);
  }
  std::string Crasher(const std::string& name) const { return corpus_ + "/online_vs_probe/crashers/" + name; }
  std::string Seed(const std::string& name) const { return corpus_ + "/online_vs_probe/seeds/" + name; }
  // The good schedule with a header changed: `expect` without what follows it, say.
  std::string With(const std::string& header, const std::string& value) const {
    std::string text = good_;
    const size_t at = text.find("\n" + header + ": ") + 1;
    text.replace(at, text.find('\n', at) - at, header + ": " + value);
    return text;
  }
  std::string Stale() const { return With("trace-hash", "0123456789abcdef"); }
  Ended Run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"regress", corpus_});
    return Hotweave(more);
  }
  std::string VerdictOf(const Json& json, const std::string& name) const {
    for (const Json& r : json.at("results")) {
      if (r.at("file").get<std::string>().ends_with("/" + name)) return r.at("verdict");
    }
    return "not there";
  }

  Scratch scratch_;
  std::string corpus_ = scratch_ / "corpus", good_;
};

TEST_F(Regress, AsExpectedIsStatusZero) {
  Spill(Crasher("good.sched"), good_);
  const Ended r = Run();
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out, fmt::format("ok         {}: data-race:adjust_present_page_count,adjust_present_page_count\n"
                               "1 stored executions: 1 as expected\n", Crasher("good.sched")));
}

// Each file is judged by itself, and the worst of them is the exit status.
TEST_F(Regress, EveryVerdict) {
  Spill(Crasher("good.sched"), good_);
  Spill(Crasher("kind.sched"), With("expect", "data-race"));
  Spill(Crasher("stale.sched"), Stale());
  Spill(Crasher("gone.sched"), With("profile", "v5.1"));
  Spill(Crasher("other.sched"), With("expect", "data-race data-race:somewhere,else"));
  Spill(Crasher("unexpected.sched"), With("expect", "pass"));
  Spill(Crasher("broken.sched"), good_ + "preempt probe nowhere\n");
  Spill(Seed("bytes.bin"), "any bytes are an input");
  Spill(Seed("empty"), "");
  const Ended r = Run({"--json"});
  EXPECT_EQ(r.status, 2) << "one is unreadable";
  const Json json = r.Json();
  for (const auto& [name, verdict] : std::map<std::string, std::string>{{"good.sched", "ok"},
                                                                        {"kind.sched", "ok"},
                                                                        {"stale.sched", "stale"},
                                                                        {"gone.sched", "gone"},
                                                                        {"other.sched", "other"},
                                                                        {"unexpected.sched", "other"},
                                                                        {"broken.sched", "unreadable"},
                                                                        {"bytes.bin", "ok"},
                                                                        {"empty", "ok"}}) {
    EXPECT_EQ(VerdictOf(json, name), verdict) << name;
  }
  EXPECT_EQ(json.at("files"), 9);
  EXPECT_EQ(json.at("ok"), 4);
  EXPECT_EQ(json.at("other"), 2);
  EXPECT_EQ(json.at("agree"), false);
  for (const Json& one : json.at("results")) {
    if (one.at("verdict") == "other" && one.at("expected") != "pass") {
      EXPECT_EQ(one.at("observed"), "data-race:adjust_present_page_count,adjust_present_page_count") << "it is named";
    }
  }
  const Ended text = Run({"--quiet"});
  EXPECT_NE(text.Line(fmt::format("unreadable {}:", Crasher("broken.sched"))), "") << "file:line:column: " << text.out;
  EXPECT_NE(text.out.find(fmt::format("{}:{}:", Crasher("broken.sched"), 1 + std::count(good_.begin(), good_.end(), '\n'))),
            std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("good.sched"), std::string::npos) << "--quiet leaves out what is as expected";
}

TEST_F(Regress, ADisagreementIsStatusOne) {
  Spill(Crasher("good.sched"), good_);
  Spill(Crasher("gone.sched"), With("profile", "v5.1"));
  const Ended r = Run();
  EXPECT_EQ(r.status, 1);
  EXPECT_NE(r.Line("gone "), "") << r.out;
  EXPECT_NE(r.Line("2 stored executions: 1 as expected, 1 finding gone"), "") << r.out;
}

TEST_F(Regress, StaleIsANoteUnlessStrict) {
  Spill(Crasher("stale.sched"), Stale());
  const Ended r = Run();
  EXPECT_EQ(r.status, 0) << r.out;
  EXPECT_NE(r.Line("stale ").find(" holds, but "), std::string::npos) << r.out;
  EXPECT_EQ(Run({"--strict"}).status, 1);
}

TEST_F(Regress, ALimitIsNeitherPassNorFinding) {
  Spill(Crasher("good.sched"), good_);
  const Ended r = Run({"--max-steps", "50", "--json"});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(VerdictOf(r.Json(), "good.sched"), "limit");
}

// A fault of the engine is a verdict for its file; the others are judged all the same.
TEST_F(Regress, AnEngineFaultIsStatusSeventyAndDoesNotEndTheRun) {
  for (const char* target : {"always_fails", "reads_the_time_stamp"}) {
    fs::create_directories(corpus_ + "/" + target + "/crashers");
    Spill(corpus_ + "/" + target + "/crashers/x.sched", fmt::format("hotweave-schedule 1\ntarget: {}\nexpect: assertion\n", target));
  }
  Launch launch;
  launch.program = HOTWEAVE_BINARY_DIR "/nondeterministic";
  launch.arguments = {"regress", corpus_};
  const Ended r = RunProgram(launch);
  EXPECT_EQ(r.status, 70) << r.out;
  EXPECT_NE(r.Line(fmt::format("ok         {}/always_fails/", corpus_)), "") << r.out;
  EXPECT_NE(r.Line(fmt::format("internal   {}/reads_the_time_stamp/crashers/x.sched: HOTWEAVE-INTERNAL: ", corpus_)), "") << r.out;
}

TEST_F(Regress, OtherProgramsTargetsAreNamedAndLeftOut) {
  Spill(Crasher("good.sched"), good_);
  fs::create_directories(corpus_ + "/of_another_program/crashers");
  Spill(corpus_ + "/of_another_program/crashers/x.sched", "whatever");
  const Ended r = Run();
  EXPECT_EQ(r.status, 0) << r.out;
  EXPECT_NE(r.Line("not of this program: of_another_program"), "") << r.out;
  EXPECT_EQ(Run({"--json"}).Json().at("unknown_targets"), Json::array({"of_another_program"}));
}

TEST_F(Regress, OnlySelectsByName) {
  Spill(Crasher("one.sched"), good_);
  Spill(Crasher("two.sched"), good_);
  EXPECT_EQ(Run({"--only", "two", "--json"}).Json().at("files"), 1);
  EXPECT_EQ(Run({"--only", "online_vs", "--json"}).Json().at("files"), 2);
  const Ended none = Run({"--only", "three"});
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.err.find("\"three\""), std::string::npos) << none.err;
}

TEST_F(Regress, WhatCannotBeReadIsOneLine) {
  const Ended missing = Hotweave({"regress", scratch_ / "nowhere"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_NE((missing.out + missing.err).find("nowhere"), std::string::npos);
  const Ended empty = Run();
  EXPECT_EQ(empty.status, 2) << "nothing stored is not success";
  EXPECT_EQ(std::count(empty.err.begin(), empty.err.end(), '\n'), 1) << empty.err;
}

TEST_F(Regress, ForeignSchedulesAreNamed) {
  Spill(Crasher("strange.sched"), With("target", "ksm_offline"));
  const Ended r = Run();
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.out.find("was taken from target ksm_offline"), std::string::npos) << r.out;
  Spill(Crasher("strange.sched"), With("profile", "v99"));
  EXPECT_NE(Run().out.find("strange.sched: "), std::string::npos);
  EXPECT_EQ(Run().status, 2);
}

// The order of the output does not depend on who ends first, and nothing in it on the time.
TEST_F(Regress, IsTheSameInAnyNumberOfProcesses) {
  for (int i = 0; i < 6; ++i) Spill(Crasher(fmt::format("{}.sched", i)), i % 2 ? good_ : With("profile", "v5.1"));
  const Ended one = Run({"--jobs", "1"}), many = Run({"--jobs", "6"});
  EXPECT_EQ(one.out, many.out);
  EXPECT_EQ(Run({"--jobs", "1", "--json"}).out, Run({"--jobs", "4", "--json"}).out);
}

// What a fix should bring: every finding is gone.
TEST_F(Regress, UnderAnotherProfileOneExpectsAPass) {
  Spill(Crasher("good.sched"), good_);
  const Ended r = Run({"--profile", "v5.1", "--expect", "pass"});
  EXPECT_EQ(r.status, 0) << r.out;
  EXPECT_NE(r.Line(fmt::format("ok         {}: pass", Crasher("good.sched"))), "") << r.out;
  EXPECT_EQ(Run({"--profile", "v5.1"}).status, 1) << "the finding is gone";
  EXPECT_EQ(Run({"--expect", "pass"}).status, 1) << "and where it was broken it is still there";
}

TEST_F(Regress, FilesCanBeNamedOneByOne) {
  const Ended r = Hotweave({"regress", kProgram, "--json"});
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_EQ(r.Json().at("results").at(0).at("target"), "online_vs_probe");
  Spill(scratch_ / "x.bin", "bytes");
  const Ended bytes = Hotweave({"regress", scratch_ / "x.bin"});
  EXPECT_EQ(bytes.status, 2);
  EXPECT_NE(bytes.out.find("names no target"), std::string::npos) << bytes.out;
}

// ---- JUnit ---------------------------------------------------------------------------------------------

// Asks libxml2, which is not ours.
std::string XPath(const std::string& file, const std::string& expression) {
  Launch launch;
  launch.program = "/usr/bin/xmllint";
  launch.arguments = {"--xpath", "string(" + expression + ")", file};
  const Ended r = RunProgram(launch);
  EXPECT_EQ(r.status, 0) << expression << r.err;
  return r.out.substr(0, r.out.find('\n'));
}

TEST_F(Regress, JunitIsReadByAParser) {
  Spill(Crasher("good.sched"), good_);
  Spill(Crasher("stale.sched"), Stale());
  Spill(Crasher("gone.sched"), With("profile", "v5.1"));
  Spill(Crasher("a&b<c>\"d\".sched"), "hotweave-schedule 1\nnonsense <&> \x1b\xff\n");
  const std::string file = scratch_ / "junit.xml";
  EXPECT_EQ(Run({"--junit", file}).status, 2);
  EXPECT_EQ(XPath(file, "/testsuites/@tests"), "4");
  EXPECT_EQ(XPath(file, "/testsuites/@failures"), "1");
  EXPECT_EQ(XPath(file, "/testsuites/@errors"), "1");
  EXPECT_EQ(XPath(file, "/testsuites/testsuite/@name"), "online_vs_probe");
  EXPECT_EQ(XPath(file, "count(/testsuites/testsuite/testcase)"), "4");
  EXPECT_EQ(XPath(file, "count(//testcase[@classname='online_vs_probe'][@time])"), "4");
  EXPECT_EQ(XPath(file, "//testcase[failure]/@name"), "online_vs_probe/crashers/gone.sched");
  EXPECT_EQ(XPath(file, "//failure/@type"), "gone");
  EXPECT_EQ(XPath(file, "//testcase[error]/@name"), "online_vs_probe/crashers/a&b<c>\"d\".sched");
  EXPECT_EQ(XPath(file, "count(//testcase[contains(@name,'stale')]/failure)"), "0");
  EXPECT_NE(XPath(file, "//testcase[contains(@name,'stale')]/system-out").find("holds, but"), std::string::npos);
}

TEST_F(Regress, JunitReplacesNothingUnlessForced) {
  Spill(Crasher("good.sched"), good_);
  const std::string file = scratch_ / "junit.xml";
  Spill(file, "mine");
  const Ended refused = Run({"--junit", file});
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.out, "") << "said before the work, not after";
  EXPECT_EQ(Slurp(file), "mine");
  EXPECT_EQ(Run({"--junit", file, "--force"}).status, 0);
  EXPECT_TRUE(Slurp(file).starts_with("<?xml "));
}

// ---- renew ---------------------------------------------------------------------------------------------

TEST_F(Regress, RenewWritesWhatStillHolds) {
  const std::string gone = With("profile", "v5.1");
  Spill(Crasher("stale.sched"), Stale());
  Spill(Crasher("renamed.sched"), With("expect", "data-race data-race:of_old,of_old"));
  Spill(Crasher("gone.sched"), gone);
  Spill(Seed("bytes.bin"), "bytes");
  const Ended r = Run({"--renew"});
  EXPECT_EQ(r.status, 1) << "one leads elsewhere";
  EXPECT_NE(r.Line(fmt::format("ok         {}: renewed", Crasher("stale.sched"))), "") << r.out;
  EXPECT_NE(r.Line(fmt::format("ok         {}: renewed: now data-race:adjust", Crasher("renamed.sched"))), "") << r.out;
  EXPECT_EQ(Slurp(Crasher("stale.sched")), good_);
  EXPECT_EQ(Slurp(Crasher("renamed.sched")), good_);
  EXPECT_EQ(Slurp(Crasher("gone.sched")), gone) << "left alone";
  EXPECT_EQ(Slurp(Seed("bytes.bin")), "bytes");
}

// The documented way, corpus/renew.sh PROGRAM [FILE…], is the same.
TEST_F(Regress, TheScriptRenews) {
  Spill(Crasher("stale.sched"), Stale());
  Launch launch;
  launch.program = HOTWEAVE_SOURCE_DIR "/corpus/renew.sh";
  launch.arguments = {HOTWEAVE_BINARY, Crasher("stale.sched")};
  const Ended r = RunProgram(launch);
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_EQ(Slurp(Crasher("stale.sched")), good_);
}

}  // namespace
}  // namespace hotweave
