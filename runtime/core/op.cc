// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Names and classes of operations, from event.def. Depends on op.h alone.
#include "core/op.h"

#include <array>
#include <cstddef>

namespace hotweave {
namespace {

struct OpInfo {
  std::string_view name;
  OpClass cls;
};

constexpr std::array kOps = {
#define HW_OP(id, name, cls) OpInfo{name, OpClass::cls},
#include "core/event.def"
#undef HW_OP
};
static_assert(kOps.size() == static_cast<size_t>(Op::kCount));

// The text form of schedules finds an operation by its name, so no two may share one.
constexpr bool NamesAreDistinct() {
  for (size_t i = 0; i < kOps.size(); i++)
    for (size_t j = i + 1; j < kOps.size(); j++)
      if (kOps[i].name == kOps[j].name) return false;
  return true;
}
static_assert(NamesAreDistinct());

}  // namespace

std::string_view OpName(Op op) { return op < Op::kCount ? kOps[static_cast<size_t>(op)].name : "?"; }

OpClass ClassOf(Op op) { return op < Op::kCount ? kOps[static_cast<size_t>(op)].cls : OpClass::Engine; }

Op OpByName(std::string_view name) {
  for (size_t i = 0; i < kOps.size(); i++)
    if (kOps[i].name == name) return static_cast<Op>(i);
  return Op::kCount;
}

}  // namespace hotweave
