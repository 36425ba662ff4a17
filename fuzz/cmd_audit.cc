// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave audit`: who takes the hotplug locks, and orders of locks that are cycles on paper. See cli.h and audit.h.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "audit.h"
#include "cli.h"
#include "progress.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

const char* NameOf(Sharing s) {
  return s == Sharing::Exclusive ? "exclusive" : s == Sharing::Reader ? "shared" : "shared, may nest";
}

const char* SeenBy(const LockInversion& i) {
  if (i.latent()) return "latent inversion";
  if (i.old_rules && i.new_rules) return "inversion that lockdep sees";
  return i.new_rules ? "inversion that lockdep sees from 5.10 on" : "inversion that lockdep saw up to 5.9";
}

std::string Show(const AuditPath& functions) { return fmt::format("{}", fmt::join(functions, " < ")); }

template <typename Names>
std::string Listed(const Names& names) { return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", ")); }

std::vector<std::string> LocksOf(const LockInversion& i) {
  std::vector<std::string> locks;
  for (const AuditOrder& o : i.orders) locks.push_back(o.held);
  return locks;
}

void PrintText(const LockAudit& audit) {
  std::string last;
  for (const LockCaller& c : audit.Callers()) {
    const std::string head = fmt::format("{} ({})", c.lock, NameOf(c.sharing));
    if (head != last) fmt::print("{}{}\n", last.empty() ? "" : "\n", head);
    last = head;
    fmt::print("  {}\n", Show(c.functions));
    for (const auto& held : c.held) fmt::print("      holding {}\n", Listed(held));
  }
  const auto inversions = audit.Inversions();
  fmt::print("\n{} cycle{} if every acquisition excluded every other; for information\n", inversions.size(),
             inversions.size() == 1 ? "" : "s");
  for (const LockInversion& i : inversions) {
    fmt::print("\n{}{}{}\n", SeenBy(i), i.gates.empty() ? "" : ", always under ", i.gates.empty() ? "" : Listed(i.gates));
    for (const AuditOrder& o : i.orders) {
      fmt::print("  {} ({}) -> {} ({})\n      {}: {}\n", o.held, NameOf(o.held_sharing), o.wanted, NameOf(o.wanted_sharing), o.task,
                 Show(o.functions));
    }
  }
}

// Of ports alone: what scenarios do themselves is left out.
void PrintMarkdown(const LockAudit& audit) {
  fmt::print("| lock | taken | by | holding |\n|---|---|---|---|\n");
  for (const LockCaller& c : audit.Callers()) {
    if (c.functions.size() < 2) continue;
    std::string held;
    for (const auto& h : c.held) held += (held.empty() ? "" : "; or ") + Listed(h);
    fmt::print("| `{}` | {} | `{}` | {} |\n", c.lock, NameOf(c.sharing), Show(c.functions), held);
  }
  fmt::print("\n| locks | | always under |\n|---|---|---|\n");
  for (const LockInversion& i : audit.Inversions()) {
    fmt::print("| {} | {} | {} |\n", Listed(LocksOf(i)), SeenBy(i), i.gates.empty() ? "" : Listed(i.gates));
  }
}

Json InversionJson(const LockInversion& i) {
  Json orders = Json::array();
  for (const AuditOrder& o : i.orders) {
    orders.push_back({{"held", o.held}, {"held_sharing", NameOf(o.held_sharing)}, {"wanted", o.wanted},
                      {"wanted_sharing", NameOf(o.wanted_sharing)}, {"task", o.task}, {"functions", o.functions}});
  }
  return {{"latent", i.latent()}, {"lockdep_old", i.old_rules}, {"lockdep_new", i.new_rules}, {"gates", i.gates}, {"orders", orders}};
}

void PrintJson(const std::vector<std::string>& specs, const LockAudit& audit) {
  Json sites = Json::array(), inversions = Json::array();
  for (const LockCaller& c : audit.Callers()) {
    sites.push_back({{"lock", c.lock}, {"sharing", NameOf(c.sharing)}, {"functions", c.functions}, {"held", c.held}, {"tasks", c.tasks}});
  }
  for (const LockInversion& i : audit.Inversions()) inversions.push_back(InversionJson(i));
  const Json out = {{"targets", specs}, {"executions", audit.executions()}, {"findings", audit.findings()}, {"sites", sites},
                    {"inversions", inversions}};
  fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<std::string> SpecsOf(const AuditCommand& c) {
  std::vector<std::string> specs = c.targets;
  if (!c.all.empty()) {
    for (const hotweave_target* t : Targets()) specs.push_back(std::string(t->name) + "@" + c.all);
  }
  if (specs.empty()) throw std::runtime_error("audit: no target (a name as in `list`, or --all PROFILE)");
  return specs;
}

}  // namespace

int RunAudit(const AuditCommand& c) {
  const std::vector<std::string> specs = SpecsOf(c);
  LockAudit audit(c.locks);
  ProgressLine progress("audit", true);
  ProgressState state;
  state.unit = "targets";
  state.of = specs.size();
  for (const std::string& spec : specs) {
    state.note = "now " + spec;
    if (progress.Due()) progress.Say(state);
    CommonOptions common;
    common.target = spec;
    const Resolved r = Resolve(common);
    audit.Run(r.Options(common), c.runs, c.seed);
    ++state.done;
  }
  progress.Done();
  if (c.json) {
    PrintJson(specs, audit);
  } else {
    c.markdown ? PrintMarkdown(audit) : PrintText(audit);
  }
  return kExitPass;
}

}  // namespace hotweave
