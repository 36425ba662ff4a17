// SPDX-License-Identifier: GPL-2.0-only OR MIT
// How a random strategy answers hotweave_choose(). Each execution draws one of four manners, because no one suits every
// target: all ordinary; every value alike; the ordinary one mostly, for targets where a single departure matters; and a few
// values only, as swarm testing does (Groce, Zhang, Eide, Chen and Regehr, "Swarm testing", ISSTA 2012): of many kinds
// of operations a random subset meets itself more often than all of them do. Depends on random.h alone.
#pragma once

#include "strategy/random.h"

namespace hotweave {

class Choices {
 public:
  // Draws the manner from `random`, which Draw() goes on with.
  void Begin(Random* random) {
    random_ = random;
    const uint64_t r = random->Next();
    manner_ = kManners[r % 8];
    swarm_ = r >> 8;
  }

  uint32_t Draw(uint32_t n) {
    switch (manner_) {
      case Manner::Ordinary: return 0;
      case Manner::Uniform: return random_->Below(n);
      case Manner::Sparse: return random_->Below(4) ? 0 : random_->Below(n);
      case Manner::Swarm: return DrawFromSwarm(n);
    }
    return 0;
  }

 private:
  enum class Manner : uint8_t { Ordinary, Uniform, Sparse, Swarm };
  static constexpr Manner kManners[8] = {Manner::Ordinary, Manner::Uniform, Manner::Uniform, Manner::Uniform,
                                         Manner::Sparse,   Manner::Swarm,   Manner::Swarm,   Manner::Swarm};

  // Of few values all are in; of more each with a chance of one in three, the same ones through the execution.
  uint32_t DrawFromSwarm(uint32_t n) {
    constexpr uint32_t kFew = 5, kTries = 16;
    uint32_t value = random_->Below(n);
    for (uint32_t tries = 0; n > kFew && tries < kTries; ++tries) {
      if (MixSeed(swarm_, uint64_t{n} << 32 | value) % 3 == 0) break;
      value = random_->Below(n);
    }
    return value;
  }

  Random* random_ = nullptr;
  Manner manner_ = Manner::Ordinary;
  uint64_t swarm_ = 0;
};

}  // namespace hotweave
