// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Program counters to lines, memory to fields, from the DWARF of the running program, by libdw and in
// process (no child, no files but the program itself). Loaded at the first question, once; answers are
// cached. Without debug information names still come from the ELF symbol table, and places are unknown.
//
// File names are shown relative to the directory they were compiled in when beneath it, else without the
// directory that all sources compiled there share (out-of-tree builds), else as they are.
//
// Not thread-safe: reports are made by one thread. Depends on core/ and libdw.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "report/symbol_source.h"

namespace hotweave {

class DebugInfo;

class Symbolizer : public SymbolSource {
 public:
  // The symbolizer of this program.
  static Symbolizer& Get();
  ~Symbolizer() override;

  std::vector<Frame> Frames(uint64_t pc, bool return_address) override;
  std::string FieldPath(const TraceObject& object, uint32_t offset) override;
  std::string ShortField(const TraceObject& object, uint32_t offset) override;
  ValueKind KindOfField(const TraceObject& object, uint32_t offset) override;
  bool InImage(uint64_t value) override;
  const std::vector<std::string>& SourceLines(const std::string& file) override;

  // Function that contains pc, the innermost inlined one if there are several; "??" if unknown.
  std::string FunctionAt(uint64_t pc) { return Frames(pc, false).front().function; }

  // False: the program was built without debug information, or it was stripped.
  bool HasDebugInfo();

 private:
  Symbolizer();
  DebugInfo& Info();

  std::unique_ptr<DebugInfo> info_;
  std::map<std::pair<uint64_t, bool>, std::vector<Frame>> frames_;
};

}  // namespace hotweave
