// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every torture target is silent, every mutant of one is found. See README.md.
#include "../support/search.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 3000;

std::string NameOf(const testing::TestParamInfo<const hotweave_target*>& info) { return info.param->name; }

bool IsMutant(const hotweave_target* t) { return std::string_view(t->name).find("_mutant_") != std::string_view::npos; }

std::vector<const hotweave_target*> TargetsThat(bool mutant) {
  std::vector<const hotweave_target*> out;
  for (const hotweave_target* t : Targets()) {
    if (IsMutant(t) == mutant) out.push_back(t);
  }
  return out;
}

class Torture : public testing::TestWithParam<const hotweave_target*> {};
TEST_P(Torture, IsSilent) { ExpectSilent(GetParam()->name, {.walks = kWalks, .max_steps = 200'000}); }
INSTANTIATE_TEST_SUITE_P(All, Torture, testing::ValuesIn(TargetsThat(false)), NameOf);

class Mutant : public testing::TestWithParam<const hotweave_target*> {};
TEST_P(Mutant, IsFound) {
  const auto expectations = ExpectationsOf(GetParam()->name);
  ASSERT_EQ(expectations.size(), 1u) << "HOTWEAVE_EXPECT() says which kinds are right";
  const Hit hit = Search(GetParam()->name, {.walks = kWalks, .max_steps = 200'000});
  ASSERT_TRUE(hit.found) << "silent";
  ASSERT_TRUE(hit.result.finding) << Show(hit.result);
  const std::string kinds = " " + std::string(expectations[0]->kinds) + " ";
  EXPECT_NE(kinds.find(" " + std::string(KindName(hit.result.finding->kind)) + " "), std::string::npos) << Show(hit.result);
  ExpectReplays(OptionsFor(GetParam()->name, {.max_steps = 200'000}), hit);
}
INSTANTIATE_TEST_SUITE_P(All, Mutant, testing::ValuesIn(TargetsThat(true)), NameOf);

}  // namespace
}  // namespace hotweave
