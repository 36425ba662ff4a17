// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The random strategies by name, and the mix of them that searches use by default: which one an execution follows is
// decided by its number. No strategy finds every bug first (docs/strategies.md has the measurements). Depends on core.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/strategy.h"
#include "strategy/learned.h"

namespace hotweave {

inline constexpr const char* kDefaultStrategy = "mix";

// "mix", then its parts.
std::vector<std::string> RandomStrategies();
// Does the strategy ask for Learned?
bool Learns(std::string_view name);
// The i-th execution of the campaign with this seed: equal arguments, equal decisions.
std::unique_ptr<Strategy> MakeStrategy(std::string_view name, const Learned& learned, uint64_t seed, uint64_t i);

}  // namespace hotweave
