// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every way into memory hotplug against every other, in the kernels in which online and offline took no lock of their own:
// pairs.def says which pairs race there, and which have a lock in common and cannot. (That none does in the newest kernel is
// asked of known_answers_test.cc.)
#include <gtest/gtest.h>

#include "search_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 500;
constexpr uint64_t kMostWalks = 10'000;   // if a pair that races has not been caught by then

struct Pair {
  const char* target;
  const char* kind;   // empty: cannot
};

const Pair kPairs[] = {
#define FIRES(target, kind) {#target, kind},
#define CANNOT(target) {#target, ""},
#include "pairs.def"
#undef FIRES
#undef CANNOT
};

class EntryPoints : public testing::TestWithParam<Pair> {};

TEST_P(EntryPoints, RaceWhereTheyShareNoLock) {
  const std::string spec = std::string(GetParam().target) + "@S1-E";
  const std::string kind = GetParam().kind;
  if (kind.empty()) {
    const Search s = SearchTarget(spec, true, {kWalks, kWalks, {}}, LockdepRules::Auto);
    EXPECT_TRUE(s.found.empty()) << spec << ": " << Show(s.Fingerprints());
    return;
  }
  const bool of_locks = kind == "lock-order";
  const Search s = SearchTarget(spec, !of_locks, {1, kMostWalks, {kind}}, of_locks ? LockdepRules::Auto : LockdepRules::Off);
  ASSERT_FALSE(s.found.empty()) << spec << ": nothing in " << s.executions << " walks";
  EXPECT_EQ(s.found[0].kind, kind) << spec << ": " << Show(s.Fingerprints());
}

TEST(EntryPointPairs, AreAllNamed) {
  size_t pairs = 0;
  for (const hotweave_target* t : Targets()) pairs += std::string_view(t->name).starts_with("pair_");
  EXPECT_EQ(pairs, std::size(kPairs));
}

INSTANTIATE_TEST_SUITE_P(Story1, EntryPoints, testing::ValuesIn(kPairs),
                         [](const testing::TestParamInfo<Pair>& info) { return std::string(info.param.target); });

}  // namespace
}  // namespace hotweave
