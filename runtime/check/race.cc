// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Data races: turns a conflict in the shadow into a failure. The execution runs on for a while, so that
// the trace shows what the race did. Hand-overs: the ordered counterpart, counted.
#include <algorithm>
#include <cstring>

#include "check/checks.h"
#include "core/objects.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

const char* AccessName(bool write, bool plain, bool assertion) {
  if (assertion) return write ? "assertion of exclusive access" : "assertion of a single writer";
  if (plain) return write ? "write" : "read";
  return write ? "marked write" : "marked read";
}

// Names are padded with zeros.
bool SameName(const char* a, const char* b) { return std::memcmp(a, b, TASK_COMM_LEN) == 0; }

Failure RaceOf(const Conflict& c) {
  const uint32_t before = static_cast<uint32_t>(c.slot >> kSlotTaskShift & 0xff);
  const bool before_write = c.slot & kSlotWrite;
  const bool before_plain = c.slot & kSlotPlain;
  const bool before_assertion = c.slot & kSlotAssert;
  const char* here_name = AccessName(c.write, c.plain, c.assertion);
  const char* there_name = AccessName(before_write, before_plain, before_assertion);
  Failure f;
  f.kind = Kind::DataRace;
  f.address = reinterpret_cast<const void*>(c.address);
  f.size = static_cast<uint32_t>(c.size);
  f.sentence = std::string("the ") + here_name + " of {object} by " + hot.task->comm + " and the " + there_name +
               " by " + engine.tasks[before].comm + " are not ordered by any lock, wake-up or other synchronisation";
  FailureSite here{here_name, hot.task->index, Event::kNone, engine.StackOf(*hot.task)};
  FailureSite there{std::string("previous ") + there_name, before, Event::kNone, {}};
  if (Tracer* tracer = engine.tracer()) {
    here.event = tracer->LastEvent();
    there.event = tracer->LastAccess(before, c.address, c.size, before_write, before_plain, before_assertion);
  }
  f.sites = {std::move(here), std::move(there)};
  return f;
}

Failure disputed;   // what OnDispute() saw

}  // namespace

void Checks::OnRace(const Conflict& c) {
  if (!engine.failing() && engine.race_detection()) engine.FailSoon(RaceOf(c));
}

void Checks::OnDispute(const Conflict& c) { disputed = RaceOf(c); }

void Checks::OnDisputed(bool changed) {
  if (changed && !engine.failing() && engine.race_detection()) engine.FailSoon(std::move(disputed));
}

void Checks::OnHandOver(uintptr_t address, uint32_t from, uint32_t to) {
  if (GetLayout().RegionOf(address) != Region::Globals) return;
  const uintptr_t granule = address & ~uintptr_t{7};
  const char* a = engine.tasks[from].comm;
  const char* b = engine.tasks[to].comm;
  uint32_t i = static_cast<uint32_t>((granule >> 3) * 0x9e3779b1u + static_cast<uint8_t>(a[0]) * 31u +
                                     static_cast<uint8_t>(b[0]) * 17u + from * 7u + to) % kHandOverCells;
  for (uint32_t probe = 0; probe < 64; ++probe, i = (i + 1) % kHandOverCells) {
    HandOverCell& c = hand_overs_[i];
    if (c.count == 0) {
      c.address = granule;
      std::memcpy(c.from, a, TASK_COMM_LEN);
      std::memcpy(c.to, b, TASK_COMM_LEN);
    } else if (c.address != granule || !SameName(c.from, a) || !SameName(c.to, b)) {
      continue;
    }
    ++c.count;
    return;
  }
}

std::vector<HandOver> Checks::HandOvers() const {
  std::vector<HandOver> out;
  for (const HandOverCell& c : hand_overs_) {
    if (c.count == 0) continue;
    HandOver h;
    const TraceObject o = ResolveObject(c.address, &h.offset);
    h.object = o.name;
    h.from = c.from;
    h.to = c.to;
    h.address = c.address;
    h.count = c.count;
    out.push_back(std::move(h));
  }
  std::sort(out.begin(), out.end(), [](const HandOver& a, const HandOver& b) {
    if (a.count != b.count) return a.count > b.count;
    return std::tie(a.object, a.offset, a.from, a.to) < std::tie(b.object, b.offset, b.from, b.to);
  });
  return out;
}

void Checks::ClearHandOvers() { std::fill(hand_overs_.begin(), hand_overs_.end(), HandOverCell{}); }

Checks& TheChecks() {
  static Checks checks;
  return checks;
}

}  // namespace hotweave
