// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The feasible level of lock-order reports: a cycle of requests by different tasks that can really meet.
//
// After Havelund's GoodLock (SPIN 2000) and its generalisation to guarded, n-task and segmented cycles (Bensalem
// and Havelund, HVC 2005), extended to readers and writers: of any two requests of the cycle, neither comes before
// the other by creation or joining of tasks; no lock is held by both in modes that exclude each other (a gate); each
// waits for a lock that the next one holds in a mode that blocks it. A reader is blocked by another reader only
// while a writer is queued between them, so some further task must ask for the lock to write. Trylocks never wait.
// Depends on core and lock_requests.h.
#include <algorithm>

#include <linux/lockdep.h>

#include "check/lock_requests.h"
#include "core/trace.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

constexpr size_t kMaxFeasibleTasks = 6;
constexpr uint32_t kMaxFeasibleVisits = 20'000;
constexpr uint32_t kNone = ~0u;

class CycleSearch {
 public:
  CycleSearch(const LockRequests& requests, FeasibleCycle* out) : requests_(requests), all_(requests.all()), out_(out) {}

  bool From(uint32_t first) {
    first_ = first;
    if (all_[first].trylock) return false;
    Push(first);
    return Extend();
  }

 private:
  // Can both be pending at one moment?
  bool Compatible(uint32_t a, uint32_t b) const {
    const LockRequest &r = all_[a], &s = all_[b];
    if (r.task == s.task || requests_.Before(r, s) || requests_.Before(s, r)) return false;
    for (const LockUse& x : requests_.HeldBy(r)) {
      for (const LockUse& y : requests_.HeldBy(s)) {
        if (x.map == y.map && !Coexist(x.sharing, y.sharing)) return false;
      }
    }
    return true;
  }

  bool CompatibleWithAll(uint32_t candidate) const {
    return std::all_of(involved_.begin(), involved_.end(), [&](uint32_t i) { return Compatible(i, candidate); });
  }

  void Push(uint32_t request) {
    out_->cycle.push_back(request);
    involved_.push_back(request);
  }

  // `wanted` meets a holder of mode `held`: blocked at once, only with a writer queued, or never.
  static bool BlockedAtOnce(Sharing wanted, Sharing held) {
    return wanted == Sharing::Exclusive || held == Sharing::Exclusive;
  }

  // Finds a writer that can be queued at this lock meanwhile.
  uint32_t WriterFor(const LockUse& wanted) const {
    if (wanted.sharing != Sharing::Reader) return kNone;
    for (uint32_t i = 0; i < all_.size(); ++i) {
      if (all_[i].wanted.map != wanted.map || all_[i].wanted.sharing != Sharing::Exclusive || all_[i].trylock) continue;
      if (CompatibleWithAll(i)) return i;
    }
    return kNone;
  }

  // The last request of the path waits for a lock that `holder` (already known to be compatible, or the first
  // request) holds. Makes room for a writer if one is needed.
  template <typename Then>
  bool IfBlocked(const LockUse& wanted, Sharing held, Then then) {
    if (BlockedAtOnce(wanted.sharing, held)) return then();
    const uint32_t writer = WriterFor(wanted);
    if (writer == kNone) return false;
    out_->writers.push_back(writer);
    involved_.push_back(writer);
    if (then()) return true;
    out_->writers.pop_back();
    involved_.pop_back();
    return false;
  }

  // Wound/wait and wait/die end a cycle of requests that all back off. Source: kernel/locking/ww_mutex.h, 6.1.
  bool SomeoneStays() const {
    return std::any_of(out_->cycle.begin(), out_->cycle.end(), [&](uint32_t i) { return !all_[i].backs_off; });
  }

  bool Extend() {
    if (++visits_ > kMaxFeasibleVisits) return false;
    const LockUse wanted = all_[out_->cycle.back()].wanted;
    for (const LockUse& h : requests_.HeldBy(all_[first_])) {
      if (h.map == wanted.map && IfBlocked(wanted, h.sharing, [this] { return SomeoneStays(); })) return true;
    }
    if (out_->cycle.size() == kMaxFeasibleTasks) return false;
    for (uint32_t h = requests_.FirstHolding(wanted.map); h != kNone; h = requests_.HoldingAt(h).next) {
      if (TryHolder(wanted, requests_.HoldingAt(h))) return true;
    }
    return false;
  }

  bool TryHolder(const LockUse& wanted, const LockRequests::Holding& h) {
    const LockRequest& next = all_[h.request];
    if (next.trylock || next.wanted.map == wanted.map || !CompatibleWithAll(h.request)) return false;
    Push(h.request);
    if (IfBlocked(wanted, requests_.HeldBy(next)[h.held].sharing, [&] { return Extend(); })) return true;
    out_->cycle.pop_back();
    involved_.pop_back();
    return false;
  }

  const LockRequests& requests_;
  std::span<const LockRequest> all_;
  FeasibleCycle* out_;
  std::vector<uint32_t> involved_;
  uint32_t first_ = 0, visits_ = 0;
};

const char* Mode(Sharing s) {
  return s == Sharing::Exclusive ? "" : s == Sharing::Reader ? " (read)" : " (recursive read)";
}

std::string NameOf(const LockUse& u) { return u.name ? u.name : "?"; }

std::string Describe(const LockRequests& requests, const LockRequest& r) {
  std::string out = std::string(engine.tasks[r.task].comm) + " asks for " + NameOf(r.wanted) + Mode(r.wanted.sharing);
  const char* separator = " holding ";
  for (const LockUse& h : requests.HeldBy(r)) {
    out += separator + NameOf(h) + Mode(h.sharing);
    separator = ", ";
  }
  return out;
}

LockEnd EndOf(const LockUse& use, const LockRequest* request) {
  LockEnd end;
  end.name = end.title = NameOf(use);
  end.read = use.sharing == Sharing::Exclusive ? 0 : use.sharing == Sharing::Reader ? 1 : 2;
  if (!request) return end;
  end.task = request->task;
  if (engine.tracing() && !request->stack.empty()) end.stack = engine.tracer()->Intern(request->stack);
  return end;
}

// Of a request: the lock it holds that `awaited` means, and the one it asks for.
LockEdge EdgeOf(const LockRequests& requests, const LockRequest& r, const LockUse& awaited) {
  LockEdge edge{EndOf(awaited, nullptr), EndOf(r.wanted, &r)};
  for (const LockUse& h : requests.HeldBy(r)) {
    if (h.map == awaited.map) edge.held = EndOf(h, h.request == kNone ? nullptr : &requests.all()[h.request]);
  }
  edge.held.task = r.task;
  return edge;
}

}  // namespace

bool FindFeasibleCycle(const LockRequests& requests, uint32_t request, FeasibleCycle* out) {
  *out = {};
  return CycleSearch(requests, out).From(request);
}

void ReportFeasibleCycle(const LockRequests& requests, const FeasibleCycle& found) {
  Failure f;
  f.kind = found.cycle.size() == 1 ? Kind::RecursiveLock : Kind::LockOrder;
  f.level = "feasible";
  f.details.push_back("requests that can meet:");
  auto add = [&](uint32_t index, const char* role) {
    const LockRequest& r = requests.all()[index];
    f.sentence += (f.sentence.empty() ? "" : "; ") + Describe(requests, r);
    f.details.push_back("    " + Describe(requests, r));
    f.sites.push_back({std::string(role) + NameOf(r.wanted), r.task, Event::kNone, r.stack});
    for (const LockUse& h : requests.HeldBy(r)) {
      if (h.request == kNone) continue;
      f.sites.push_back({"acquires " + NameOf(h), r.task, Event::kNone, requests.all()[h.request].stack});
    }
  };
  const LockUse* awaited = &requests.all()[found.cycle.back()].wanted;   // by who comes before, around the cycle
  for (uint32_t i : found.cycle) {
    f.names.push_back(NameOf(requests.all()[i].wanted));
    add(i, "asks for ");
    f.locks.edges.push_back(EdgeOf(requests, requests.all()[i], *awaited));
    awaited = &requests.all()[i].wanted;
  }
  f.locks.shape = found.cycle.size() == 1 ? LockReport::Shape::Recursion : LockReport::Shape::Cycle;
  for (uint32_t i : found.writers) add(i, "meanwhile asks for ");
  f.sentence += ": each can wait for the next, for ever";
  f.address = requests.all()[found.cycle[0]].wanted.map;
  std::rotate(f.names.begin(), std::min_element(f.names.begin(), f.names.end()), f.names.end());
  engine.Fail(std::move(f));
}

}  // namespace hotweave
