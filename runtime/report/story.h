// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The events of a trace that lead to a finding, in words: what the table of a report shows. A pure
// function of its arguments; every row states what an event of the trace holds and nothing that is guessed.
// Depends on core/trace.h, finding.h and symbol_source.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

struct StoryRow {
  enum class Kind : uint8_t { Event, Switch, Remark };
  Kind kind = Kind::Event;
  uint32_t task = 0;    // Event: index into Trace::tasks
  std::string what;     // "store zone.present_pages = 64 (was 96; had read 32)", "preempted: a -> b"
  std::string where;    // Event: "online_pages memory_hotplug.cc:123"; may be empty
  bool matters = true;  // Event: about the memory or the locks in dispute
  uint8_t weight = 0;   // when there is too much, what weighs least is left out first
  bool operator==(const StoryRow&) const = default;
};

struct StoryOptions {
  bool all = false;      // every event of the trace, fields by their full path
  bool ascii = false;    // no characters beyond ASCII
  size_t max_rows = 20;  // unless `all`
};

std::vector<StoryRow> TellStory(const Trace& trace, const Finding& finding, const StoryOptions& options,
                                SymbolSource& symbols);

// The events that the story tells, all of them: ascending indices into Trace::events.
std::vector<uint32_t> EventsOfStory(const Trace& trace, const Finding& finding, SymbolSource& symbols);

// At most `most` rows: those that weigh most, of equals the latest; a row at the end says how many more there are.
std::vector<StoryRow> ShortenStory(const std::vector<StoryRow>& rows, size_t most);

// The frame of a stack that people look for: the innermost one outside of hotweave's own runtime, or the
// innermost one if there is no other.
Frame TargetFrame(const Stack& stack, SymbolSource& symbols);
// All frames of a stack, without those of the runtime at its two ends.
std::vector<Frame> TargetFrames(const Stack& stack, SymbolSource& symbols);
// "online_pages memory_hotplug.cc:123".
std::string ShortPlace(const Frame& frame);
// The same of the innermost target frame of a stack of the trace; "" if the number is none, or the stack is empty.
std::string PlaceOfStack(const Trace& trace, uint32_t stack, SymbolSource& symbols);
// A stack on one line, innermost first: "online_pages memory_hotplug.cc:123 < memory_block_online < device_online < ...". At
// most `most` frames; empty if nothing is known.
std::string CompactStack(const Stack& stack, size_t most, SymbolSource& symbols);
// The function as people call it: that of a target by the target's name.
std::string PlainFunction(const std::string& function);
// A held lock as a person calls it: the class as written, else the variable.
std::string LockName(const Trace& trace, const char* name, uint32_t object, uint32_t offset,
                     SymbolSource& symbols);

}  // namespace hotweave
