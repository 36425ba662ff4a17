// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The table `access pair x synchronisation`: every row has the verdict that stands beside it (rows.h).
#include <string_view>

#include "../support/search.h"

namespace hotweave {
namespace {

std::vector<const hotweave_target*> Rows() {
  std::vector<const hotweave_target*> out;
  for (const hotweave_target* t : Targets()) {
    if (std::string_view(t->name).starts_with("row_")) out.push_back(t);
  }
  return out;
}

class Row : public testing::TestWithParam<const hotweave_target*> {};

TEST_P(Row, HasItsVerdict) {
  const char* name = GetParam()->name;
  const auto expectations = ExpectationsOf(name);
  ASSERT_EQ(expectations.size(), 1u);
  const std::string kind = expectations[0]->kinds;
  if (kind.empty()) {
    // Nothing can be preempted where one task waits and the clock does the rest.
    const bool alone = std::string_view(name).starts_with("row_timer_");
    ExpectSilent(name, {.walks = 300, .alone = alone});
  } else {
    ExpectFound(name, kind, "", {.walks = 300});
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Row, testing::ValuesIn(Rows()),
                         [](const auto& info) { return std::string(info.param->name + 4); });

TEST(Rows, AreMany) { EXPECT_GE(Rows().size(), 60u); }

}  // namespace
}  // namespace hotweave
