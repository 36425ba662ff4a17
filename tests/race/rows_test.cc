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

// Where the primitive was another one before: percpu_rw_semaphore with an inner rwsem and rcu_sync with two states, 4.14.
TEST(Rows, OfPercpuRwsemsHoldIn4Dot14) {
  Profile old;
  old.version = (4u << 16) + (14u << 8);
  size_t rows = 0;
  for (const hotweave_target* t : Rows()) {
    const std::string_view name = t->name;
    if (name.find("percpu_") == name.npos && name.find("rcu_sync") == name.npos) continue;
    ++rows;
    const Effort effort{.walks = 300, .profile = &old};
    const std::string kind = ExpectationsOf(t->name)[0]->kinds;
    if (kind.empty()) {
      ExpectSilent(t->name, effort);
    } else {
      ExpectFound(t->name, kind, "", effort);
    }
  }
  EXPECT_GE(rows, 20u);
}

TEST(Rows, AreMany) { EXPECT_GE(Rows().size(), 60u); }

}  // namespace
}  // namespace hotweave
