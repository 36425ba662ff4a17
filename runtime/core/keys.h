// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The key of an operation, inline because a replay computes it at every access. Depends on op.h alone.
//
// A key is a pure function of names: of the operation's name (not its number, so that event.def may be
// reordered without touching stored schedules) and of the object's key (ObjectKey() in
// <hotweave/schedule.h>, resolved once per object and granule, not per access). Any 16-bit value is a
// valid key, 0 included. Two operations may share a key: a record then matches both, and `nth` counts
// them together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/op.h"

namespace hotweave {

// The object key of operations that have no object.
inline constexpr uint16_t kNoObjectKey = 0;

// What the name of a task's stack begins with. Places in it have one key and one hash: where a frame lies on a stack is up to
// the compiler, and to the frames of the engine below it.
inline constexpr std::string_view kStackOf = "stack@";

// FNV-1a with a finaliser: constant-evaluated, which XXH3 cannot be.
constexpr uint32_t HashOpName(std::string_view name) {
  uint32_t h = 2166136261u;
  for (char c : name) h = (h ^ static_cast<uint8_t>(c)) * 16777619u;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

inline constexpr std::array<uint32_t, static_cast<size_t>(Op::kCount)> kOpHashes = {
#define HW_OP(id, name, cls) HashOpName(name),
#include "core/event.def"
#undef HW_OP
};

// ObjectKey() of <hotweave/schedule.h> in two steps, so that the name is hashed once per object: the hash of
// the name, then the key of a place in the object.
uint64_t HashObjectName(std::string_view name);
uint16_t ObjectKeyOf(uint64_t name_hash, uint64_t offset);

// `op` must be below Op::kCount. Same value as OperationKey() of <hotweave/schedule.h>.
constexpr uint16_t KeyOf(Op op, uint16_t object_key) {
  return static_cast<uint16_t>(((object_key * 0x9e3779b1u) ^ kOpHashes[static_cast<size_t>(op)]) >> 16);
}

}  // namespace hotweave
