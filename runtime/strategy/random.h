// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The random numbers of searches: splitmix64 (Steele, Lea and Flood, OOPSLA 2014). Equal on every machine.
// Depends on nothing.
#pragma once

#include <cstdint>

namespace hotweave {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // In [0, n), n > 0; biased by less than n / 2^32.
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>((Next() >> 32) * n >> 32); }

 private:
  uint64_t state_;
};

// A seed for the i-th execution of a campaign.
inline uint64_t MixSeed(uint64_t seed, uint64_t i) {
  Random r(seed ^ (i * 0xd1342543de82ef95ull + 0x2545f4914f6cdd1dull));
  return r.Next();
}

}  // namespace hotweave
