// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a report asks about program counters and memory. The real answers come from DWARF (symbolizer.h);
// tests give their own, so that a report is a pure function of what it is given. Depends on core/trace.h
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/trace.h"

namespace hotweave {

struct Frame {
  std::string function;  // without argument list ("online_pages"); "??" if unknown
  std::string full;      // demangled with argument list ("ns::f(int)"); equal to function for C names
  std::string file;      // relative to the source tree; empty if unknown
  uint32_t line = 0;     // from 1; 0 if unknown
  uint32_t column = 0;   // from 1; 0 if unknown
  bool inlined = false;  // this frame was inlined into the next one
};

// How a value of a field is shown.
enum class ValueKind : uint8_t { Unknown, Signed, Unsigned, Pointer };

class SymbolSource {
 public:
  virtual ~SymbolSource() = default;

  // The frames of one program counter, innermost first: inlined functions, then the real one. Never empty.
  // `return_address`: pc is the instruction after the call.
  virtual std::vector<Frame> Frames(uint64_t pc, bool return_address) = 0;

  // "node_data[0].node_zones[1].present_pages", or "name+0x28" where no type is known.
  virtual std::string FieldPath(const TraceObject& object, uint32_t offset) = 0;

  // For people: "zone.present_pages". Several fields of the program may share it.
  virtual std::string ShortField(const TraceObject& object, uint32_t offset) = 0;

  virtual ValueKind KindOfField(const TraceObject& object, uint32_t offset) = 0;

  // True if a value lies in the program's image, and so may be an address although no type says so.
  virtual bool InImage(uint64_t value) = 0;

  // The lines of a file that a frame names; empty if its text is not at hand (source.h).
  virtual const std::vector<std::string>& SourceLines(const std::string& file) {
    static const std::vector<std::string> none;
    static_cast<void>(file);
    return none;
  }
};

}  // namespace hotweave
