// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See words.h.
#include "report/words.h"

#include <algorithm>
#include <map>
#include <vector>

#include "report/causes.h"
#include "report/events.h"
#include "report/held_locks.h"
#include "report/segments.h"
#include "report/sites.h"
#include "report/story.h"

namespace hotweave {
namespace {

constexpr size_t kMostSteps = 14;   // functions of a path that are named

// What one task holds and wants, with where it took the one and asks for the other.
struct Step {
  std::string task, held, wanted;
  Stack held_stack, wanted_stack;
  std::string why;            // "", "in the queue behind hotplug"
  bool completes = false;     // does not hold a lock, but must complete something
};

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : separator) + part;
  return out;
}

class Words {
 public:
  Words(const Trace& trace, const Finding& finding, SymbolSource& symbols)
      : trace_(trace), finding_(finding), symbols_(symbols), sites_(trace, finding, symbols), teller_(trace, finding, false, symbols) {
    if (!finding.locks.edges.empty()) {
      FromEdges();
    } else if (finding.kind == Kind::Deadlock || finding.kind == Kind::RecursiveLock) {
      FromWaits();
    }
  }

  std::string WhatHappened() const {
    std::string out = finding_.sentence.empty() ? std::string(KindRule(finding_.kind)) : finding_.sentence;
    if (!out.ends_with('.')) out += '.';
    for (const Step& s : steps_) out += " " + Told(s) + ".";
    if (steps_.empty()) out += Sides();
    return out;
  }

  std::string Remedy() const {
    switch (finding_.kind) {
      case Kind::Deadlock:
      case Kind::LockOrder:
        return Order();
      case Kind::RecursiveLock:
        return Recursion();
      case Kind::IrqLockOrder:
        return InterruptsOff();
      case Kind::DataRace:
      case Kind::LostUpdate:
        return CommonLock();
      case Kind::SleepInAtomic:
      case Kind::WaitContext:
        return AtomicSection();
      case Kind::MissingLock:
        return Required();
      case Kind::LockLeak:
        return Released();
      case Kind::UseAfterFree:
        return Lookup();
      case Kind::VanishedPage:
        return Vanished();
      case Kind::LockMisuse:
        return LastUses();
      case Kind::WrongCpu:
        return FunctionOf(sites_.StackOf(0)) + " must keep the task on its CPU from the question to the last use of the answer.";
      case Kind::BadFree:
      case Kind::Leak:
        return Allocation();
      case Kind::StackOverflow:
        return Circle();
      default:
        return Looks();
    }
  }

 private:
  const Event& At(uint32_t i) const { return trace_.events[i]; }
  std::string TaskName(uint32_t task) const { return task < trace_.tasks.size() ? trace_.tasks[task].name : "?"; }
  Stack StackAt(uint32_t stack) const { return stack < trace_.stacks.size() ? trace_.stacks[stack] : Stack(); }
  std::string PlaceOf(const Stack& stack) const { return stack.empty() ? "" : ShortPlace(TargetFrame(stack, symbols_)); }
  std::string FunctionOf(const Stack& stack) const {
    return stack.empty() ? "?" : PlainFunction(TargetFrame(stack, symbols_).function);
  }

  // ---- Who holds what and wants what -------------------------------------------------------------------

  void FromEdges() {
    if (finding_.locks.shape != LockReport::Shape::Cycle && finding_.locks.shape != LockReport::Shape::Recursion) return;
    for (const LockEdge& e : finding_.locks.edges)
      steps_.push_back({TaskName(e.wanted.task), e.held.name, e.wanted.name, StackAt(e.held.stack), StackAt(e.wanted.stack), "",
                        e.held.completion});
  }

  // Each task of the cycle waits for the next one; what it holds against the one before it is its part in the cycle.
  void FromWaits() {
    const size_t n = finding_.sites.size();
    for (size_t i = 0; i < n; i++) {
      Step s;
      s.task = TaskName(finding_.sites[i].task);
      s.wanted_stack = sites_.StackOf(i);
      const uint32_t next = finding_.sites[(i + 1) % n].task;
      for (const WaitEdge& w : finding_.waits)
        if (w.task == finding_.sites[i].task && w.on == next) s.wanted = w.what, s.why = Why(w);
      HeldAgainst(i, finding_.sites[(i + n - 1) % n].task, &s);
      if (!s.wanted.empty()) steps_.push_back(std::move(s));
    }
  }

  std::string Why(const WaitEdge& w) const {
    if (w.why == WaitEdge::Why::Queued) return "in the queue behind " + TaskName(w.on);
    if (w.why == WaitEdge::Why::Exit) return "to exit";
    return w.why == WaitEdge::Why::Needs ? "which needs " + TaskName(w.on) + " first" : "";
  }

  void HeldAgainst(size_t site, uint32_t waiter, Step* s) const {
    uint32_t wait = Event::kNone;
    for (uint32_t i = 0; i < trace_.events.size(); i++)
      if (At(i).task == waiter && At(i).op == Op::Blocked) wait = i;
    bool known;
    for (const HeldLock& h : sites_.Held(site, &known)) {
      if (wait == Event::kNone || h.object != At(wait).object || h.offset != At(wait).offset) continue;
      s->held = sites_.NameOfLock(h);
      s->held_stack = StackAt(sites_.StackOfLock(h));
    }
  }

  // The calls from where the lock was taken to where the other one is asked for, both ends named; the place at the end.
  std::string Path(const Step& s) const {
    std::vector<Frame> to = TargetFrames(s.wanted_stack, symbols_), from = TargetFrames(s.held_stack, symbols_);
    std::reverse(to.begin(), to.end());
    std::reverse(from.begin(), from.end());
    size_t common = 0;
    while (common < std::min(to.size(), from.size()) && to[common].function == from[common].function) common++;
    std::vector<std::string> names;
    for (size_t i = common > 0 ? common - 1 : (s.held_stack.empty() && to.size() > 4 ? to.size() - 4 : 0); i < to.size(); i++) {
      const std::string name = PlainFunction(to[i].function);
      if (names.empty() || names.back() != name) names.push_back(name);
    }
    if (names.size() > kMostSteps) {
      names.erase(names.begin() + kMostSteps / 2, names.end() - kMostSteps / 2);
      names.insert(names.begin() + kMostSteps / 2, "...");
    }
    const std::string end = to.empty() ? "" : ShortPlace(to.back()) + Quoted(to.back());
    if (names.size() < 2) return end.empty() ? "" : "in " + end;
    names.pop_back();
    return "by " + Join(names, " -> ") + " -> " + end;
  }

  // The source line of a frame: the call as it is written. Empty if it is not at hand or says little.
  std::string Quoted(const Frame& frame) const {
    const std::vector<std::string>& lines = symbols_.SourceLines(frame.file);
    if (frame.line == 0 || frame.line > lines.size()) return "";
    const std::string& line = lines[frame.line - 1];
    const size_t begin = line.find_first_not_of(' ');
    constexpr size_t kLongest = 60;
    if (begin == line.npos || line.size() - begin > kLongest || line.find('(') == line.npos) return "";
    return " \"" + line.substr(begin) + "\"";
  }

  std::string Told(const Step& s) const {
    std::string out = s.task;
    if (!s.held.empty())
      out += (s.completes ? " must complete " : " took ") + s.held + (s.held_stack.empty() ? "" : " (" + PlaceOf(s.held_stack) + ")") +
             (finding_.kind == Kind::Deadlock || finding_.kind == Kind::RecursiveLock ? (s.completes ? " but" : ", keeps it and")
                                                                                      : s.completes ? " but before" : " and, holding it,");
    const bool waits = finding_.kind == Kind::Deadlock || (finding_.kind == Kind::RecursiveLock && finding_.level.empty());
    out += (waits ? " waits for " : " takes ") + s.wanted + (s.why.empty() ? "" : " " + s.why);
    const std::string path = Path(s);
    return path.empty() ? out : out + ", " + path;
  }

  // ---- Two sides of a piece of memory ------------------------------------------------------------------

  std::string HeldText(size_t site) const {
    const std::string holds = sites_.Describe(site, 1, true).holds;
    return holds.empty() ? "" : " holding " + holds;
  }

  std::string Sides() const {
    std::string out;
    for (size_t i = 0; i < finding_.sites.size(); i++) {
      const SiteText text = sites_.Describe(i, 1, true);
      if (text.at.empty()) continue;
      std::string who = text.who.starts_with("by ") ? text.who.substr(3) : text.who;
      out += " " + who + " in " + CompactStack(sites_.StackOf(i), 4, symbols_) + HeldText(i) + ".";
    }
    return out;
  }

  std::vector<std::string> NamesHeld(size_t site) const {
    bool known;
    std::vector<std::string> names;
    for (const HeldLock& h : sites_.Held(site, &known)) names.push_back(LockName(trace_, h.name, h.object, h.offset, symbols_));
    return names;
  }

  static bool SameLock(const HeldLock& a, const HeldLock& b) { return a.object == b.object && a.offset == b.offset; }

  // The locks that the task of one site holds and that of the other does not.
  std::vector<std::string> OnlyAt(size_t site, size_t other) const {
    bool known;
    std::vector<std::string> names;
    for (const HeldLock& h : sites_.Held(site, &known)) {
      const std::vector<HeldLock>& there = sites_.Held(other, &known);
      if (std::any_of(there.begin(), there.end(), [&](const HeldLock& k) { return SameLock(h, k); })) continue;
      names.push_back(LockName(trace_, h.name, h.object, h.offset, symbols_));
    }
    return names;
  }

  std::string CommonLock() const {
    const size_t a = 0, b = finding_.sites.size() - 1;
    bool known_a, known_b;
    if (finding_.sites.size() < 2 || (sites_.Held(a, &known_a), sites_.Held(b, &known_b), !known_a || !known_b)) return "";
    const std::string first = TaskName(finding_.sites[a].task), second = TaskName(finding_.sites[b].task);
    const std::vector<std::string> only_first = OnlyAt(a, b), only_second = OnlyAt(b, a);
    std::string out;
    if (only_first.size() == NamesHeld(a).size()) {
      out = "No lock is held on both sides";
    } else {
      out = "What both sides hold does not keep them apart (it is held shared, or not over both the load and the store)";
    }
    out += ": " + first + " holds " + (only_first.empty() ? "nothing that " + second + " does not" : Join(only_first, ", ")) + ", " + second +
           " holds " + (only_second.empty() ? "nothing that " + first + " does not" : Join(only_second, ", ")) + ".";
    std::vector<std::string> ways;
    if (!only_first.empty()) ways.push_back(second + " took " + Join(only_first, " or ") + " as well");
    if (!only_second.empty()) ways.push_back(first + " took " + Join(only_second, " or ") + " as well");
    if (ways.empty()) return out + " One lock around the accesses of both would avoid it." + Usual();
    return out + " It could not happen if " + Join(ways, ", or if ") + "." + Usual();
  }

  // Under which locks the memory in dispute was accessed in this execution.
  std::string Usual() const {
    if (finding_.object == Event::kNone) return "";
    std::map<std::string, size_t> under;
    size_t accesses = 0;
    HeldLocks held(trace_);
    for (uint32_t i = 0; i < trace_.events.size(); i++) {
      held.Feed(i);
      const Event& e = At(i);
      if (e.object != finding_.object || ClassOf(e.op) != OpClass::Access || e.offset / 8 != finding_.offset / 8 || e.task == 0) continue;
      accesses++;
      for (const HeldLock& h : held.Held(e.task)) under[LockName(trace_, h.name, h.object, h.offset, symbols_)]++;
    }
    std::vector<std::pair<size_t, std::string>> order;
    for (const auto& [name, count] : under) order.push_back({count, name});
    std::sort(order.begin(), order.end(), [](const auto& x, const auto& y) { return x.first != y.first ? x.first > y.first : x.second < y.second; });
    if (order.empty()) return " None of the " + std::to_string(accesses) + " accesses of it in this execution holds a lock.";
    std::string out;
    for (size_t i = 0; i < std::min<size_t>(order.size(), 3); i++)
      out += (i ? ", " : "") + order[i].second + " at " + std::to_string(order[i].first);
    return " Of its " + std::to_string(accesses) + " accesses by tasks of this execution, locks are held so: " + out + ".";
  }

  // ---- Orders of locks -----------------------------------------------------------------------------------

  std::string Order() const {
    if (steps_.empty()) return "";
    std::vector<std::string> ways;
    for (const Step& s : steps_) {
      if (s.held.empty()) continue;
      const std::string path = Path(s);
      ways.push_back(FunctionOf(s.wanted_stack) + (s.completes ? " does not wait for " : " does not take ") + s.wanted +
                     (s.completes ? " before " + s.held + " is completed" : " while " + s.held + " is held") + " (" + s.task +
                     (path.empty() ? "" : ", " + path) + ")");
    }
    return "Each of these alone would break the cycle: " + Join(ways, "; or ") + ".";
  }

  std::string Recursion() const {
    if (steps_.empty()) return "";
    const Step& s = steps_.front();
    const std::string path = Path(s);
    const std::string out = s.task + " has " + s.wanted + (s.held_stack.empty() ? "; " : " since " + PlaceOf(s.held_stack) + "; either ") +
                            FunctionOf(s.wanted_stack) + " must not take it" + (path.empty() ? "" : " when it is called " + path);
    return s.held_stack.empty() ? out + "." : out + ", or " + FunctionOf(s.held_stack) + " must give it up first.";
  }

  std::string InterruptsOff() const {
    for (size_t i = 0; i < finding_.sites.size(); i++) {
      const Site& site = finding_.sites[i];
      if (site.role.find("interrupts on") == std::string::npos) continue;
      const std::string which = site.role.find("soft interrupts") != std::string::npos ? "bottom halves" : "interrupts";
      return PlaceOf(sites_.StackOf(i)) + " must take the lock with " + which + " off (" +
             (which == "interrupts" ? "spin_lock_irqsave()" : "spin_lock_bh()") + "), or the handler must not take it.";
    }
    return "";
  }

  // ---- Sections ------------------------------------------------------------------------------------------

  std::string AtomicSection() const {
    bool known;
    const std::vector<HeldLock>& held = finding_.sites.empty() ? std::vector<HeldLock>() : sites_.Held(0, &known);
    std::vector<std::string> begins;
    for (const HeldLock& h : held) {
      if (h.event >= trace_.events.size() || !MakesAtomic(h.event)) continue;
      begins.push_back(sites_.NameOfLock(h) + " in " + PlaceOf(StackAt(sites_.StackOfLock(h))));
    }
    const uint32_t task = finding_.sites.empty() ? ~0u : finding_.sites[0].task;
    if (task < trace_.tasks.size() && trace_.tasks[task].irq) begins.push_back("the interrupt");
    if (begins.empty()) return "";
    return "The section in which nothing may wait begins with " + Join(begins, ", ") + "; " + FunctionOf(sites_.StackOf(0)) +
           " must do it before or after that, or in a way that does not wait.";
  }

  bool MakesAtomic(uint32_t event) const {
    for (uint32_t i = event + 1; i-- > 0;) {
      const Event& e = At(i);
      if (e.object != At(event).object || e.offset != At(event).offset || ClassOf(e.op) != OpClass::Lock) continue;
      return e.op == Op::SpinLock || e.op == Op::SpinTrylock || e.op == Op::ReadLock || e.op == Op::WriteLock ||
             e.op == Op::ReadTrylock || e.op == Op::WriteTrylock || e.op == Op::RcuReadLock;
    }
    return false;
  }

  std::string Required() const {
    if (finding_.sites.empty()) return "";
    const std::vector<Frame> frames = TargetFrames(sites_.StackOf(0), symbols_);
    bool known;
    sites_.Held(0, &known);
    const std::vector<std::string> held = NamesHeld(0);
    const std::string lock = finding_.names.empty() ? "the lock" : Join(finding_.names, ", ");
    std::string out = frames.empty() ? "" : PlainFunction(frames[0].function) + " asks for " + lock + ".";
    if (known && !out.empty()) out.back() = ';', out += " " + TaskName(finding_.sites[0].task) + " holds " + (held.empty() ? "no lock" : Join(held, ", ")) + ".";
    std::vector<std::string> callers;
    for (size_t i = 1; i < std::min<size_t>(frames.size(), 5); i++) callers.push_back(PlainFunction(frames[i].function));
    if (!callers.empty()) out += " One of its callers must take it: " + Join(callers, " < ") + ".";
    return out;
  }

  std::string Released() const {
    bool known;
    std::vector<std::string> out;
    if (finding_.sites.empty()) return "";
    for (const HeldLock& h : sites_.Held(0, &known))
      out.push_back(sites_.NameOfLock(h) + " was taken in " + PlaceOf(StackAt(sites_.StackOfLock(h))) +
                    " and is not released on the way that " + TaskName(finding_.sites[0].task) + " took from there to its end");
    return out.empty() ? "" : Join(out, "; ") + ".";
  }

  // What was done with the lock before, latest first.
  std::string LastUses() const {
    if (finding_.sites.empty() || finding_.object == Event::kNone) return "";
    std::vector<std::string> uses;
    for (uint32_t i = std::min<uint32_t>(finding_.sites[0].event, static_cast<uint32_t>(trace_.events.size())); i-- > 0 && uses.size() < 3;) {
      const Event& e = At(i);
      const OpClass cls = ClassOf(e.op);
      if (e.object == finding_.object && e.offset == finding_.offset && (cls == OpClass::Lock || cls == OpClass::Unlock))
        uses.push_back(TaskName(e.task) + ": " + teller_.What(i) + " (" + teller_.Where(i) + ")");
    }
    const std::string where = PlaceOf(sites_.StackOf(0));
    if (uses.empty()) return "In this execution nobody had taken or released it before " + where + ".";
    return "Before " + where + " the lock was last used so, latest first: " + Join(uses, "; ") + ".";
  }

  std::string Allocation() const {
    for (size_t i = 0; i < finding_.sites.size(); i++) {
      const Site& site = finding_.sites[i];
      if (site.role != "allocated") continue;
      const std::string made = "The memory comes from " + CompactStack(sites_.StackOf(i), 3, symbols_) + " (" + TaskName(site.task) + ")";
      return finding_.kind == Kind::Leak ? made + "; on the way from there to the end nobody frees it or keeps a reference."
                                         : made + "; what frees it must be the counterpart of that.";
    }
    return "";
  }

  // The functions that call each other.
  std::string Circle() const {
    const std::vector<Frame> frames = TargetFrames(sites_.StackOf(0), symbols_);
    for (size_t i = 1; i < frames.size(); i++) {
      if (frames[i].function != frames[0].function) continue;
      std::vector<std::string> names;
      for (size_t k = i + 1; k-- > 0;) names.push_back(PlainFunction(frames[k].function));
      return "The calls " + Join(names, " -> ") + " go round without an end: one of them must stop.";
    }
    return "";
  }

  // ---- Looks and changes -----------------------------------------------------------------------------------

  std::string Locks(uint32_t event) const {
    HeldLocks held(trace_);
    for (uint32_t i = 0; i <= event; i++) held.Feed(i);
    std::vector<std::string> names;
    for (const HeldLock& h : held.Held(At(event).task)) names.push_back(LockName(trace_, h.name, h.object, h.offset, symbols_));
    return names.empty() ? "no lock" : Join(names, ", ");
  }

  std::string Deed(uint32_t event) const {
    return teller_.What(event) + " (" + teller_.Where(event) + ", holding " + Locks(event) + ")";
  }
  std::string Act(uint32_t event) const { return TaskName(At(event).task) + ": " + Deed(event); }

  // Where the task got the pointer from, and what it held there.
  std::string Lookup() const {
    if (finding_.sites.size() < 2 || finding_.object >= trace_.objects.size()) return Looks();
    const TraceObject& o = trace_.objects[finding_.object];
    const uint32_t end = std::min<uint32_t>(finding_.sites[0].event, static_cast<uint32_t>(trace_.events.size()));
    for (uint32_t i = end; i-- > 0;) {
      const Event& e = At(i);
      if (e.task != finding_.sites[0].task || !IsLoad(e.op) || !e.has_values || e.size != 8 || !o.base || e.new_value - o.base >= o.size ||
          e.object >= trace_.objects.size() || trace_.objects[e.object].kind == TraceObject::Kind::Stack)
        continue;
      const std::string free = sites_.Describe(1, 1, false).holds;
      if (FreedBefore(i))
        return "The pointer was still there when the memory had been freed: " + Act(i) + ". " + TaskName(finding_.sites[1].task) + " frees in " +
               PlaceOf(sites_.StackOf(1)) + (free.empty() ? "" : ", holding " + free) +
               ". What points there has to be taken away before, where nobody can look it up any more.";
      return "The pointer was looked up before: " + Act(i) + ". " + TaskName(finding_.sites[1].task) + " frees in " +
             PlaceOf(sites_.StackOf(1)) + (free.empty() ? "" : ", holding " + free) +
             ". A lock or reference that is held from the lookup to the use, and waited for before the memory is freed, would avoid it.";
    }
    return Looks();
  }

  // Had the memory in dispute been freed before this event?
  bool FreedBefore(uint32_t event) const {
    for (uint32_t i = 0; i < event; i++)
      if (At(i).op == Op::Kfree && At(i).object == finding_.object) return true;
    return false;
  }

  // ---- Memory that went away ---------------------------------------------------------------------------------

  static bool IsShared(const HeldLock& h) { return std::string_view(h.mode) == "read"; }

  std::vector<HeldLock> HeldAfter(uint32_t event, uint32_t task) const {
    HeldLocks held(trace_);
    for (uint32_t i = 0; i <= event && i < trace_.events.size(); i++) held.Feed(i);
    return held.Held(task);
  }

  std::vector<std::string> NamesOf(const std::vector<HeldLock>& locks) const {
    std::vector<std::string> names;
    for (const HeldLock& h : locks) names.push_back(sites_.NameOfLock(h));
    return names;
  }

  // The task's last look at memory that others can change, before the use.
  uint32_t LastLook(const Site& use) const {
    for (uint32_t i = std::min<uint32_t>(use.event, static_cast<uint32_t>(trace_.events.size())); i-- > 0;) {
      const Event& e = At(i);
      if (e.task == use.task && IsLoad(e.op) && e.object < trace_.objects.size() && trace_.objects[e.object].kind != TraceObject::Kind::Stack)
        return i;
    }
    return Event::kNone;
  }

  // Who took it away, under which locks; which of them, or of the user's own, would have kept the two apart.
  std::string Vanished() const {
    if (finding_.causes.empty() || finding_.sites.empty()) return Looks();
    const Site &gone = finding_.causes[0], &use = finding_.sites[0];
    if (gone.task >= trace_.tasks.size() || use.task >= trace_.tasks.size() || gone.event >= trace_.events.size()) return Looks();
    const std::string who = TaskName(gone.task), user = TaskName(use.task);
    const std::vector<HeldLock> there = HeldAfter(gone.event, gone.task);
    const std::string out = who + " took the memory away in " + CompactStack(StackAt(gone.stack), 3, symbols_) + ", holding " +
                            (there.empty() ? "no lock" : Join(NamesOf(there), ", ")) + ".";
    if (gone.task == use.task) return out + " It uses it afterwards itself.";
    const uint32_t look = LastLook(use);
    if (look == Event::kNone) return out;
    return out + (look <= gone.event ? BetweenLookAndUse(gone, look, there) : LookedAfterwards(look));
  }

  std::string BetweenLookAndUse(const Site& gone, uint32_t look, const std::vector<HeldLock>& there) const {
    const std::string who = TaskName(gone.task), user = TaskName(At(look).task);
    const std::vector<HeldLock> here = HeldAfter(gone.event, At(look).task);
    const auto has = [](const std::vector<HeldLock>& all, const HeldLock& h) {
      return std::any_of(all.begin(), all.end(), [&](const HeldLock& k) { return SameLock(h, k); });
    };
    std::vector<HeldLock> over, against;   // held by the one over both moments; by the other, and excluding others
    for (const HeldLock& h : here)
      if (h.event <= look && !has(there, h)) over.push_back(h);
    for (const HeldLock& h : there)
      if (!IsShared(h) && !has(here, h)) against.push_back(h);
    std::string out = " " + user + " had looked before that: " + Deed(look) + ", and used it after.";
    std::vector<std::string> ways;
    if (!over.empty()) ways.push_back(who + " took " + Join(NamesOf(over), " or ") + " as well, which " + user + " holds from that look to the use");
    if (!against.empty()) ways.push_back(user + " took " + Join(NamesOf(against), " or ") + " from its look to the use, as " + who + " does to take it away");
    if (ways.empty()) return out + " A lock that " + user + " holds from its look to the use, and " + who + " takes as well, would keep them apart.";
    return out + " It could not happen if " + Join(ways, "; or if ") + ".";
  }

  std::string LookedAfterwards(uint32_t look) const {
    return " " + TaskName(At(look).task) + " looked when it had gone already: " + Deed(look) +
           ". A lock taken that late keeps nothing out: what still leads there has to be taken away before the memory goes.";
  }

  std::string Looks() const {
    if (finding_.sites.empty() || finding_.sites[0].task >= trace_.tasks.size() || trace_.events.empty()) return "";
    const uint32_t end = static_cast<uint32_t>(trace_.events.size() - 1);
    std::vector<uint32_t> parties = PartiesOf(trace_, nullptr);
    const bool waits = finding_.kind == Kind::HungTask || finding_.kind == Kind::Livelock;
    const Causes causes = FindCauses(trace_, finding_.sites[0].task, 0, std::min(finding_.sites[0].event, end), parties, LookOf(finding_.kind));
    if (causes.tasks.empty()) return waits ? Spins(causes) : "";
    std::vector<std::string> acts;
    for (uint32_t i : causes.events) acts.push_back(Act(i));
    const size_t kMost = 6;
    if (acts.size() > kMost) acts.erase(acts.begin(), acts.end() - kMost);
    std::string out = "In this order: " + Join(acts, "; ") + ".";
    if (waits && !WakesAfter(*causes.events.rbegin()))
      return out + " No wake-up follows: it has to come after what is waited for has become true.";
    if (waits) return out;
    if (At(*causes.events.rbegin()).task != finding_.sites[0].task)
      return out + " " + TaskName(finding_.sites[0].task) + " acted on what it had seen before that store: a lock held from the look " +
             "to the use, and by who stores, would keep them apart.";
    const bool twice = At(*causes.events.begin()).task == finding_.sites[0].task;
    return out + (twice ? " No lock is held over these looks of " + TaskName(finding_.sites[0].task) +
                              " that keeps the store out: one lock on both sides, or a single look, would avoid it."
                        : " What the one stores and the other looks at needs an order: a lock held by both, or the store later.");
  }

  bool WakesAfter(uint32_t event) const {
    return std::any_of(trace_.events.begin() + event, trace_.events.end(), [](const Event& e) { return ClassOf(e.op) == OpClass::Wake; });
  }

  bool ChangedAfter(uint32_t look) const {
    return std::any_of(trace_.events.begin() + look, trace_.events.end(), [&](const Event& e) {
      return e.task != At(look).task && IsStore(e.op) && e.object == At(look).object && e.offset / 8 == At(look).offset / 8;
    });
  }

  std::string Spins(const Causes& causes) const {
    if (causes.events.empty()) return "";
    const uint32_t look = *causes.events.rbegin();
    return "What " + TaskName(At(look).task) + " looked at last: " + Deed(look) + (ChangedAfter(look) ? "." : "; no other task stores there after that.");
  }

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  SiteTeller sites_;
  EventTeller teller_;
  std::vector<Step> steps_;
};

}  // namespace

std::string TellWhatHappened(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  return Words(trace, finding, symbols).WhatHappened();
}

std::string TellRemedy(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  return Words(trace, finding, symbols).Remedy();
}

}  // namespace hotweave
