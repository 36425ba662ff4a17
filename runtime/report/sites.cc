// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See sites.h.
#include "report/sites.h"

#include <algorithm>

#include "report/held_locks.h"
#include "report/story.h"

namespace hotweave {

SiteTeller::SiteTeller(const Trace& trace, const Finding& finding, SymbolSource& symbols)
    : trace_(trace),
      finding_(finding),
      symbols_(symbols),
      teller_(trace, finding, false, symbols),
      held_(finding.sites.size()),
      known_(finding.sites.size()) {
  HeldLocks held(trace);
  for (uint32_t i = 0; i < trace.events.size(); i++) {
    held.Feed(i);
    for (size_t k = 0; k < finding.sites.size(); k++) {
      if (finding.sites[k].event != i || finding.sites[k].task >= trace.tasks.size()) continue;
      held_[k] = held.Held(finding.sites[k].task);
      known_[k] = true;
    }
  }
  // Where a task stands at the end, the engine itself has said what it holds.
  for (size_t k = 0; k < finding.sites.size(); k++) {
    if (!AtTheEnd(finding.sites[k]) || finding.sites[k].task >= trace.held_at_end.size()) continue;
    held_[k] = trace.held_at_end[finding.sites[k].task];
    known_[k] = true;
  }
}

// The site is the last that its task did: it noticed the finding there, or waits.
bool SiteTeller::AtTheEnd(const Site& site) const {
  if (site.event == Event::kNone) return site.role == "here" || site.role.ends_with(" waits") || site.role.starts_with("spins");
  if (site.event >= trace_.events.size()) return false;
  for (size_t i = site.event + 1; i < trace_.events.size(); i++)
    if (trace_.events[i].task == site.task) return false;
  return true;
}

Stack SiteTeller::StackOf(size_t i) const {
  const uint32_t stack = finding_.sites[i].stack;
  return stack < trace_.stacks.size() ? trace_.stacks[stack] : Stack();
}

const std::vector<HeldLock>& SiteTeller::Held(size_t i, bool* known) const {
  *known = known_[i];
  return held_[i];
}

// An `acquired` event has no stack of its own: it completes an operation that has.
uint32_t SiteTeller::StackOfLock(const HeldLock& held) const {
  for (size_t i = held.event == Event::kNone ? 0 : held.event + 1; i-- > 0;) {
    const Event& e = trace_.events[i];
    if (e.task != trace_.events[held.event].task || e.object != held.object || e.offset != held.offset) continue;
    if (e.stack != Event::kNone) return e.stack;
  }
  return Event::kNone;
}

std::string SiteTeller::NameOfLock(const HeldLock& held) const {
  std::string name = LockName(trace_, held.name, held.object, held.offset, symbols_);
  const char* mode = *held.mode || held.event >= trace_.events.size() ? held.mode : ModeOf(trace_.events[held.event].op);
  return *mode ? name + " (" + mode + ")" : name;
}

std::string SiteTeller::Who(const Site& site) const {
  const std::string task = site.task < trace_.tasks.size() ? trace_.tasks[site.task].name : "?";
  if (site.role == "here") return "by " + task;
  std::string who = site.role.starts_with(task + " ") ? site.role : site.role + " by " + task;
  if (finding_.kind == Kind::DataRace && site.event < trace_.events.size()) who += teller_.Values(site.event);
  return who;
}

SiteText SiteTeller::Describe(size_t i, size_t frames, bool places) const {
  SiteText text{Who(finding_.sites[i]), CompactStack(StackOf(i), frames, symbols_), ""};
  if (!known_[i]) return text;
  for (const HeldLock& h : held_[i]) {
    const uint32_t stack = places ? StackOfLock(h) : Event::kNone;
    text.holds += (text.holds.empty() ? "" : ", ") + NameOfLock(h);
    if (stack < trace_.stacks.size()) text.holds += " (" + ShortPlace(TargetFrame(trace_.stacks[stack], symbols_)) + ")";
  }
  if (text.holds.empty()) text.holds = "no lock";
  return text;
}

}  // namespace hotweave
