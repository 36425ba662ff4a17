// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave audit`: who takes the hotplug locks, and orders of locks that are cycles on paper. See cli.h and audit.h.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "audit.h"
#include "cli.h"

namespace hotweave {
namespace {

const char* NameOf(Sharing s) {
  switch (s) {
    case Sharing::Exclusive: return "exclusive";
    case Sharing::Reader: return "shared";
    case Sharing::RecursiveReader: return "shared, may nest";
  }
  return "";
}

bool Wanted(const AuditCommand& c, const std::string& lock) {
  for (const std::string& prefix : c.locks) {
    if (lock.starts_with(prefix)) return true;
  }
  return false;
}

std::string Show(const AuditPath& functions) { return fmt::format("{}", fmt::join(functions, " < ")); }

void PrintText(const AuditCommand& c, const Audit& audit) {
  std::string last;
  for (const auto& [site, held_sets] : audit.sites()) {
    if (!Wanted(c, site.lock)) continue;
    const std::string head = fmt::format("{} ({})", site.lock, NameOf(site.sharing));
    if (head != last) fmt::print("{}{}\n", last.empty() ? "" : "\n", head);
    last = head;
    fmt::print("  {}\n", Show(site.functions));
    for (const auto& held : held_sets) fmt::print("      holding {}\n", held.empty() ? "nothing" : fmt::format("{}", fmt::join(held, ", ")));
  }
  const auto inversions = audit.Inversions();
  fmt::print("\n{} latent inversion{}: cycles if every acquisition excluded every other; for information\n", inversions.size(),
             inversions.size() == 1 ? "" : "s");
  for (const auto& cycle : inversions) {
    fmt::print("\n");
    for (const AuditOrder& o : cycle) fmt::print("  {} -> {}\n      {}\n", o.held, o.wanted, Show(o.functions));
  }
}

void PrintJson(const AuditCommand& c, const Audit& audit, const Resolved& r) {
  nlohmann::ordered_json sites = nlohmann::ordered_json::array(), inversions = nlohmann::ordered_json::array();
  for (const auto& [site, held_sets] : audit.sites()) {
    if (Wanted(c, site.lock)) {
      sites.push_back({{"lock", site.lock}, {"sharing", NameOf(site.sharing)}, {"functions", site.functions}, {"held", held_sets}});
    }
  }
  for (const auto& cycle : audit.Inversions()) {
    nlohmann::ordered_json orders = nlohmann::ordered_json::array();
    for (const AuditOrder& o : cycle) orders.push_back({{"held", o.held}, {"wanted", o.wanted}, {"functions", o.functions}});
    inversions.push_back(std::move(orders));
  }
  const nlohmann::ordered_json out = {{"target", r.target->name}, {"profile", r.profile.name}, {"executions", c.runs},
                                      {"sites", sites}, {"inversions", inversions}};
  fmt::print("{}\n", out.dump());
}

}  // namespace

int RunAudit(const AuditCommand& c) {
  CommonOptions common;
  common.target = c.target;
  const Resolved r = Resolve(common);
  const Audit audit(r.Options(common), c.runs, c.seed);
  if (c.json) {
    PrintJson(c, audit, r);
  } else {
    PrintText(c, audit);
  }
  return kExitPass;
}

}  // namespace hotweave
