// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The operations of event.def as types. Depends on nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace hotweave {

enum class OpClass : uint8_t { Access, Lock, Unlock, Wait, Wake, Task, Memory, Context, Engine };

enum class Op : uint8_t {
#define HW_OP(id, name, cls) id,
#include "event.def"
#undef HW_OP
  kCount
};

// The operation's stable name ("mutex_lock"). Any context.
std::string_view OpName(Op op);
OpClass ClassOf(Op op);

// Finds an operation by name; returns Op::kCount if there is none of that name.
Op OpByName(std::string_view name);

}  // namespace hotweave
