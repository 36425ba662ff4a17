// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an exhaustive search remembers of places: which of them tasks share, and what has happened to them in the
// execution under way. And which states it has seen.
//
// Hashes stand for histories: that of a step is made of the task, of its previous step and, for each place it touches, of
// the latest write (and of the reads since, if it writes). So all executions that differ in nothing but the order of steps
// that do not depend on each other have one hash (happens-before caching: Musuvathi and Qadeer, "Partial-order reduction
// for context-bounded state exploration", 2007). Who may run on which CPU is no history (steps.h): of that, the hash has where each
// step ran. 56 bits are kept.
//
// Depends on steps.h.
#pragma once

#include <cstdint>
#include <vector>

#include "strategy/steps.h"

namespace hotweave {

// SplitMix64's finaliser over two words.
constexpr uint64_t Mix(uint64_t a, uint64_t b) {
  uint64_t z = a * 0x9e3779b97f4a7c15ull + b + 0x632be59bd9b4e019ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

class PlaceTable {
 public:
  PlaceTable();
  void BeginExecution();
  // `created` begins to exist in the current step of `creator`.
  void TaskCreated(uint32_t creator, uint32_t created);
  // `exited` has come to its end, and all that it did precedes what `task` does from now on.
  void TaskJoined(uint32_t task, uint32_t exited);
  // Takes note of a step. Returns true if it shows a place to be shared that was not known to be.
  bool Note(const Step& step);
  // The step draws a choice of the input.
  void NoteChoice(uint32_t task, uint32_t value);

  // Two touches of a place meet if two tasks make them, one of them writes, not all of the earlier one's task precedes the
  // creation of the other (or comes after it has been joined), and no lock or section keeps each out while the other stands
  // before its step. A touch is shared if one like it (same place, task, guards, and as much of a write) has met another.
  // Known for good, over all executions.
  bool Shared(Place place, bool write, uint32_t task, const Guards& guards) const;
  bool Shared(const Step& step) const;
  uint64_t shared_places() const { return shared_count_; }

  // Of everything that has happened in this execution, up to the order of independent steps.
  uint64_t State() const { return state_; }

 private:
  static constexpr uint32_t kMostUses = 256;   // of one place in an execution; beyond them every touch of it is shared
  // Touches of one task that look alike, in this execution.
  struct Use {
    uint16_t task;
    bool write;
    uint32_t step;          // the latest
    Guards guards;
  };
  // That have met others, in any execution.
  struct Kind {
    uint16_t task;
    bool write;
    Guards guards;
  };
  struct Info {
    uint64_t execution;
    uint64_t written, reads;   // hashes: of the latest write; the sum of those of the reads since
    uint32_t uses, kinds;      // indices into the pools; 0: none yet
    bool all;                  // every touch is shared
  };
  struct History {
    uint64_t latest = 0;       // hash of its latest step on shared places
    uint32_t steps = 0;
    uint64_t choices = 0;      // and its moves
    uint32_t cpu = 0;
    uint32_t born[kMaxTasks] = {};   // how many steps of each task precede its creation, or were joined
  };
  Info& At(Place place);
  bool Meet(Info& info, const Step& step, const Touch& touch);
  bool Learn(Info& info, uint32_t task, bool write, const Guards& guards);
  uint64_t Part(uint32_t task) const;

  Info* info_;
  std::vector<std::vector<Use>> uses_;     // of places touched in this execution; reused
  size_t uses_used_ = 0;
  std::vector<std::vector<Kind>> kinds_;   // of places that are shared
  uint64_t execution_ = 0, state_ = 0, shared_count_ = 0;
  std::vector<History> tasks_;
};

// From a hash of 56 bits to the least cost at which it has been seen. Open addressing.
class SeenStates {
 public:
  void Clear();
  // False if it has been seen at that cost or less; else it has been now.
  bool Enter(uint64_t hash, uint32_t cost);
  // Has it been seen at that cost or less?
  bool Has(uint64_t hash, uint32_t cost) const;
  uint64_t size() const { return used_; }

 private:
  void Grow();
  std::vector<uint64_t> slots_;   // hash << 8 | cost; 0: free
  uint64_t used_ = 0;
};

}  // namespace hotweave
