// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Completions as locks: what is found where a profile tracks them, and that nothing is where none does.
#include "../support/search.h"

namespace hotweave {
namespace {

struct Row {
  const char* target;
  const char* fingerprint;   // "": silent
};

constexpr Row kRows[] = {
    {"completion_cycle", "lock-order:(complete)done,B,A"},
    {"completion_cycle_last", "lock-order:(complete)done,B,A"},
    {"completion_work", "lock-order:(complete)done,B,A"},
    {"completion_site", "lock-order:(complete)&request.done,B,C"},
    {"completion_taken_before", ""},
    {"completion_not_awaited", ""},
    {"completion_all", ""},
    {"completion_tried", ""},
    {"completion_not_held", ""},
    {"completion_recursion", ""},
    {"completion_earlier_work", ""},
    {"completion_forgotten", ""},
};

Profile Named(const char* spec) {
  const hotweave_target* target;
  Profile p;
  std::string error;
  EXPECT_TRUE(ParseTarget(std::string("completion_cycle@") + spec, &target, &p, &error)) << error;
  return p;
}

RunResult Sequential(const char* target, const Profile& profile, LockdepRules rules) {
  return RunInput(OptionsFor(target, {.races = false, .lockdep = rules, .profile = &profile}), Input{});
}

class Completions : public testing::TestWithParam<Row> {};

TEST_P(Completions, Tracked) {
  const Profile tracked = Named("tracked");
  for (LockdepRules rules : {LockdepRules::Old, LockdepRules::New}) {
    const RunResult r = Sequential(GetParam().target, tracked, rules);
    EXPECT_EQ(r.finding ? r.finding->fingerprint : "", GetParam().fingerprint) << Show(r);
    if (r.finding) EXPECT_EQ(r.finding->level, "faithful");
  }
}

TEST_P(Completions, OffByDefault) {
  const Profile plain = Named("plain");
  for (LockdepRules rules : {LockdepRules::Old, LockdepRules::New}) {
    const RunResult r = Sequential(GetParam().target, plain, rules);
    EXPECT_EQ(r.verdict, VerdictKind::Pass) << Show(r);
    const RunResult none = RunInput(OptionsFor(GetParam().target, {.races = false, .lockdep = rules}), Input{});
    EXPECT_EQ(none.verdict, VerdictKind::Pass) << Show(none);
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, Completions, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<Row>& info) { return std::string(info.param.target + 11); });

// Without a map around the callbacks (4.12) the completion alone says who waits for them.
TEST(CompletionsOfCpuhp, OneClassForBothDirections) {
  Profile tracked = Named("tracked");
  tracked.version = 4 << 16 | 12 << 8;
  const RunResult r = Sequential("completion_cpuhp", tracked, LockdepRules::Old);
  ASSERT_TRUE(r.finding) << Show(r);
  EXPECT_EQ(r.finding->fingerprint, "lock-order:(complete)&st->done,B,A,cpuhp_state_mutex");
  tracked.version = 4 << 16 | 14 << 8;
  const RunResult split = Sequential("completion_cpuhp", tracked, LockdepRules::Old);
  ASSERT_TRUE(split.finding) << Show(split);
  EXPECT_NE(split.finding->fingerprint.find("cpuhp_state-up"), std::string::npos) << split.finding->fingerprint;
}

// The report says who waited, and who took what before it completed.
TEST(CompletionReport, TellsBothTasks) {
  const Profile tracked = Named("tracked");
  Hit hit;
  const RunOptions options = OptionsFor("completion_cycle", {.races = false, .profile = &tracked});
  hit.result = RunInput(options, Input{}, &hit.trace, &hit.schedule);
  ASSERT_TRUE(hit.result.finding);
  const Finding& f = *hit.result.finding;
  EXPECT_NE(f.sentence.find("waited for (complete)done while it held A"), std::string::npos) << f.sentence;
  EXPECT_NE(f.sentence.find("completer took B before it completed (complete)done"), std::string::npos) << f.sentence;
  ExpectReplays(options, hit);
}

}  // namespace
}  // namespace hotweave
