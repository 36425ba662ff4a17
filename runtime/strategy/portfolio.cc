// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The random strategies by name. See portfolio.h.
#include "strategy/portfolio.h"

#include "core/internal.h"
#include "strategy/pct.h"
#include "strategy/pos.h"
#include "strategy/random_walk.h"
#include "strategy/sync_walk.h"

namespace hotweave {
namespace {

// Of eight executions in a row.
constexpr const char* kMix[] = {"random", "pct", "sync", "pct", "random", "pos", "sync", "pct"};

}  // namespace

std::vector<std::string> RandomStrategies() { return {"mix", "random", "sync", "pct", "pos"}; }

bool Learns(std::string_view name) { return name == "mix" || name == "pct"; }

std::unique_ptr<Strategy> MakeStrategy(std::string_view name, const Learned& learned, uint64_t seed, uint64_t i) {
  if (name == "mix") name = kMix[i % std::size(kMix)];
  if (name == "random") return std::make_unique<RandomWalk>(seed, i);
  if (name == "sync") return std::make_unique<SyncWalk>(seed, i);
  if (name == "pct") return std::make_unique<Pct>(learned, seed, i);
  if (name == "pos") return std::make_unique<Pos>(seed, i);
  InternalError("no such strategy");
}

}  // namespace hotweave
