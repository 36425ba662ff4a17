// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each historical bug is a known answer: under every profile for which a target says what it is known to
// show (HOTWEAVE_EXPECT), random walks find exactly that. Where it is known to be silent, the silence has
// to mean something: tasks contended, and wrote in both orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "search_helper.h"

namespace hotweave {
namespace {

// A search that expects something ends when all of it was seen; one that expects nothing is short here and long in the
// tests whose names say so, and longer in campaign.sh.
constexpr uint64_t kWalks = 100;         // at least, of each search
constexpr uint64_t kMostWalks = 30'000;  // if something expected has not been seen by then
constexpr uint64_t kSilentWalks = 400;
constexpr uint64_t kLongSilentWalks = 20'000;
constexpr uint64_t kLockdepWalks = 60;
constexpr uint64_t kStoryWalks = 3000;
constexpr const char* kLockdepKinds[] = {"lock-order", "irq-lock-order", "recursive-lock", "wait-context"};

std::vector<const hotweave_expectation*> AllExpectations() {
  std::vector<const hotweave_expectation*> out;
  for (const hotweave_target* t : Targets()) {
    for (const hotweave_expectation* e : ExpectationsOf(t->name)) out.push_back(e);
  }
  return out;
}

// Those that expect nothing.
std::vector<const hotweave_expectation*> SilentExpectations() {
  std::vector<const hotweave_expectation*> out = AllExpectations();
  std::erase_if(out, [](const hotweave_expectation* e) { return *e->kinds; });
  return out;
}

class KnownAnswers : public testing::TestWithParam<const hotweave_expectation*> {
 protected:
  std::string Spec() const { return std::string(GetParam()->target) + "@" + GetParam()->profile; }
  // What comes of running, and what lockdep says of it.
  std::set<std::string> Expected() const {
    std::set<std::string> kinds = Words(GetParam()->kinds);
    for (const char* kind : kLockdepKinds) kinds.erase(kind);
    return kinds;
  }
  std::set<std::string> ExpectedOfLockdep() const {
    std::set<std::string> kinds;
    for (const std::string& kind : Words(GetParam()->kinds)) {
      if (IsOfLockdep(kind)) kinds.insert(kind);
    }
    return kinds;
  }
  static bool IsOfLockdep(std::string_view kind) {
    return std::find(std::begin(kLockdepKinds), std::end(kLockdepKinds), kind) != std::end(kLockdepKinds);
  }
  // Without lockdep.
  std::string FirstExpected() const {
    std::istringstream kinds(GetParam()->kinds);
    std::string kind;
    while (kinds >> kind && IsOfLockdep(kind)) {}
    return kind;
  }
};

void ExpectConfirmed(const Search& search) {
  for (const Found& f : search.found) EXPECT_EQ(ReplaysOf(search, f), 10u) << search.spec << " " << f.fingerprint;
}

// The scenario shows what it shows without a second task: some expectation of it holds for the sequential execution.
bool IsSequential(const std::string& target) {
  for (const hotweave_expectation* e : ExpectationsOf(target)) {
    if (!*e->kinds) continue;
    const Search s = SearchSequential(target + "@" + e->profile);
    if (!s.found.empty()) return true;
  }
  return false;
}

// Two tasks wrote to one place, now one first, now the other.
bool WroteInBothOrders() {
  const std::vector<OrderSeen> orders = OrdersSeen();
  return std::any_of(orders.begin(), orders.end(), [&](const OrderSeen& a) {
    return std::any_of(orders.begin(), orders.end(), [&](const OrderSeen& b) {
      return a.object == b.object && a.first == b.then && a.then == b.first;
    });
  });
}

// Nothing was found, and not for want of trying.
void ExpectMeaningfulSilence(const Search& search) {
  EXPECT_EQ(search.Kinds(), std::set<std::string>()) << search.spec << ": " << Show(search.Fingerprints());
  EXPECT_EQ(search.out_of_budget, 0u) << search.spec;
  if (search.contended || !search.races || WroteInBothOrders()) return;   // the detector of races keeps the orders
  EXPECT_TRUE(IsSequential(search.spec.substr(0, search.spec.find('@')))) << search.spec << ": no task ever waited for another";
}

// The two tasks wrote to present_pages in both orders.
void ExpectBothOrders(const std::string& spec) {
  const std::vector<OrderLine> orders = OrdersOf("zone.present_pages");
  ASSERT_FALSE(orders.empty()) << spec << ": nobody wrote after anybody else";
  for (const OrderLine& l : orders) {
    EXPECT_GT(l.forward, 0u) << spec << ": never " << l.a << " then " << l.b;
    EXPECT_GT(l.backward, 0u) << spec << ": never " << l.b << " then " << l.a;
  }
}

// With race detection the race comes first, and nothing comes that is not expected.
TEST_P(KnownAnswers, WithRaces) {
  const std::set<std::string> expected = Expected();
  if (expected.empty()) {
    const Search s = SearchTarget(Spec(), true, {kSilentWalks, kSilentWalks, {}});
    ExpectMeaningfulSilence(s);
    return;
  }
  const Search s = SearchTarget(Spec(), true, {kWalks, kMostWalks, {FirstExpected()}});
  ASSERT_FALSE(s.found.empty()) << Spec() << ": nothing found in " << s.executions << " walks";
  EXPECT_EQ(s.found[0].kind, FirstExpected()) << Spec();
  for (const std::string& kind : s.Kinds()) EXPECT_TRUE(expected.contains(kind)) << Spec() << ": " << kind;
  ExpectConfirmed(s);
}

// Without, exactly what comes of the races shows: the other expected kinds.
TEST_P(KnownAnswers, WithoutRaces) {
  std::set<std::string> expected = Expected();
  expected.erase("data-race");
  // A task that waits for itself is caught by running, too.
  if (expected.empty() && ExpectedOfLockdep().contains("recursive-lock")) expected.insert("recursive-lock");
  if (expected.empty()) {
    ExpectMeaningfulSilence(SearchTarget(Spec(), false, {kSilentWalks, kSilentWalks, {}}));
    return;
  }
  const Search s = SearchTarget(Spec(), false, {kWalks, kMostWalks, expected});
  EXPECT_EQ(s.Kinds(), expected) << Spec() << ": " << Show(s.Fingerprints()) << " in " << s.executions << " walks";
  ExpectConfirmed(s);
}

// What the kernel's lockdep would print, or what is feasible though lockdep is blind to it.
TEST_P(KnownAnswers, OfLockdep) {
  const std::set<std::string> expected = ExpectedOfLockdep();
  const Bounds bounds = {kLockdepWalks, expected.empty() ? kLockdepWalks : kMostWalks, expected};
  const Search s = SearchTarget(Spec(), false, bounds, LockdepRules::Auto);
  std::set<std::string> kinds;
  for (const std::string& kind : s.Kinds()) {
    if (IsOfLockdep(kind)) kinds.insert(kind);
  }
  EXPECT_EQ(kinds, expected) << Spec() << ": " << Show(s.Fingerprints());
  ExpectConfirmed(s);
}

class KnownAnswersLong : public KnownAnswers {};

TEST_P(KnownAnswersLong, Silence) {
  for (bool races : {true, false}) {
    ExpectMeaningfulSilence(SearchTarget(Spec(), races, {kLongSilentWalks, kLongSilentWalks, {}}, LockdepRules::Auto));
  }
}

std::string NameOf(const testing::TestParamInfo<const hotweave_expectation*>& info) {
  std::string name = std::string(info.param->target) + "_at_" + info.param->profile;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Expectations, KnownAnswers, testing::ValuesIn(AllExpectations()), NameOf);

INSTANTIATE_TEST_SUITE_P(ExpectationsLong, KnownAnswersLong, testing::ValuesIn(SilentExpectations()), NameOf);

// ---- What the table of expectations itself must be -------------------------------------------------------

TEST(Expectations, NameProfilesAndKindsThatExist) {
  for (const hotweave_expectation* e : AllExpectations()) {
    const hotweave_target* target;
    Profile profile;
    std::string error;
    EXPECT_TRUE(ParseTarget(std::string(e->target) + "@" + e->profile, &target, &profile, &error)) << error;
    for (const std::string& kind : Words(e->kinds)) EXPECT_NE(KindByName(kind), Kind::kCount) << kind;
    EXPECT_STRNE(e->story, "");
  }
}

TEST(Expectations, EveryTargetIsSilentInTheNewestKernel) {
  const hotweave_history* h = History();
  ASSERT_TRUE(h);
  const std::string newest = NewestProfile()->name;
  for (const hotweave_target* t : Targets()) {
    const auto all = ExpectationsOf(t->name);
    const auto it = std::find_if(all.begin(), all.end(), [&](const auto* e) { return newest == e->profile; });
    ASSERT_NE(it, all.end()) << t->name << " says nothing about " << newest;
    EXPECT_STREQ((*it)->kinds, "") << t->name;
  }
}

// ---- Story 1 --------------------------------------------------------------------------------------------

// zonelists_mutex covers both onlines: a lost update here would be a wrong port, not a finding.
TEST(Story1, OnlineAgainstProbeLosesNoUpdateBefore414) {
  for (const char* spec : {"online_vs_probe@v4.12", "online_vs_probe@v4.13"}) {
    for (bool races : {true, false}) {
      ExpectMeaningfulSilence(SearchTarget(spec, races, {kStoryWalks, kStoryWalks, {}}));
      if (races) ExpectBothOrders(spec);   // the detector keeps the orders
    }
  }
}

TEST(Story1, TheRepairedKernelKeepsBothOrders) {
  for (const char* spec : {"online_vs_probe@v5.1", "offline_vs_probe@v5.1"}) {
    ExpectMeaningfulSilence(SearchTarget(spec, true, {kStoryWalks, kStoryWalks, {}}));
    ExpectBothOrders(spec);
  }
}

TEST(Story1, TheFixOfTheLostUpdateAloneSwitchedOffFires) {
  const Search s = SearchTarget("online_vs_probe@v5.1-381eab4a6ee8", true, {100, 1000, {"missing-lock"}});
  ASSERT_FALSE(s.found.empty());
  ExpectConfirmed(s);
}

// The lost update is the same bug in every kernel that has it.
TEST(Story1, TheLostUpdateHasOneFingerprint) {
  std::set<std::string> fingerprints;
  for (const char* profile : {"v4.14", "v4.15", "v4.16", "v4.19"}) {
    const Search s = SearchTarget(std::string("online_vs_probe@") + profile, false, {kStoryWalks, kMostWalks, {"lost-update"}});
    for (const std::string& f : s.Fingerprints()) fingerprints.insert(f);
  }
  EXPECT_EQ(fingerprints.size(), 1u) << Show(fingerprints);
}

}  // namespace
}  // namespace hotweave
