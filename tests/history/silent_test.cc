// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What must not be reported is not: silent.def has a line for each rule.
#include <gtest/gtest.h>

#include <algorithm>

#include "search_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 500;

struct Silent {
  const char* spec;
  const char* rules;
  const char* rule;
};

const Silent kSilent[] = {
#define SILENT(spec, rules, rule) {spec, #rules, rule},
#include "silent.def"
#undef SILENT
};

class MustNotReport : public testing::TestWithParam<Silent> {};

LockdepRules RulesOf(const std::string& name) {
  if (name == "old") return LockdepRules::Old;
  if (name == "new") return LockdepRules::New;
  EXPECT_EQ(name, "auto");
  return LockdepRules::Auto;
}

TEST_P(MustNotReport, WithRacesAndLockdep) {
  const Silent& m = GetParam();
  const Search s = SearchTarget(m.spec, true, {kWalks, kWalks, {}}, RulesOf(m.rules));
  EXPECT_TRUE(s.found.empty()) << m.spec << " (" << m.rule << "): " << Show(s.Fingerprints());
  EXPECT_EQ(s.out_of_budget, 0u) << m.spec;
}

TEST_P(MustNotReport, WithoutThem) {
  const Silent& m = GetParam();
  const Search s = SearchTarget(m.spec, false, {kWalks, kWalks, {}}, LockdepRules::Off);
  EXPECT_TRUE(s.found.empty()) << m.spec << " (" << m.rule << "): " << Show(s.Fingerprints());
}

std::string NameOf(const testing::TestParamInfo<Silent>& info) {
  std::string name = std::string(info.param.spec) + "_" + info.param.rules;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Rules, MustNotReport, testing::ValuesIn(kSilent), NameOf);

}  // namespace
}  // namespace hotweave
