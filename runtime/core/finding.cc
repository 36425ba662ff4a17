// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Names of finding kinds and verdicts, from finding.def. Depends on finding.h alone.
#include <hotweave/finding.h>

#include <array>
#include <cstddef>

namespace hotweave {
namespace {

struct KindInfo {
  std::string_view name;
  std::string_view rule;
};

constexpr std::array kKinds = {
#define HW_KIND(id, name, rule) KindInfo{name, rule},
#include <hotweave/finding.def>
#undef HW_KIND
};
static_assert(kKinds.size() == static_cast<size_t>(Kind::kCount));

}  // namespace

std::string_view KindName(Kind kind) {
  return kind < Kind::kCount ? kKinds[static_cast<size_t>(kind)].name : "?";
}

std::string_view KindRule(Kind kind) {
  return kind < Kind::kCount ? kKinds[static_cast<size_t>(kind)].rule : "?";
}

Kind KindByName(std::string_view name) {
  for (size_t i = 0; i < kKinds.size(); i++)
    if (kKinds[i].name == name) return static_cast<Kind>(i);
  return Kind::kCount;
}

std::string_view VerdictName(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Pass:
      return "pass";
    case VerdictKind::Finding:
      return "finding";
    case VerdictKind::OutOfBudget:
      return "out-of-budget";
    case VerdictKind::InternalError:
      return "internal-error";
  }
  return "?";
}

}  // namespace hotweave
