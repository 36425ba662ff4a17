// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Joins what DWARF knows with what the ELF symbol table knows (symbolizer.h).
#include "report/symbolizer.h"

#include "core/symbols.h"
#include "report/debug_info.h"
#include "report/source.h"

namespace hotweave {
namespace {

std::string WithOffset(const std::string& name, uint32_t offset) {
  char text[16];
  snprintf(text, sizeof(text), "+0x%x", offset);
  return name + text;
}

Frame FrameFromSymbol(uint64_t address) {
  Frame frame;
  const Symbol* symbol = SymbolTable::Get().FindFunction(address);
  frame.function = symbol ? DemangleShort(symbol->linkage_name) : "??";
  frame.full = symbol ? Demangle(symbol->linkage_name) : "??";
  return frame;
}

// The allocating function of "setup_zone_pageset#2@init@cpu0".
std::optional<Field> ResolveHeap(DebugInfo& info, const TraceObject& object, uint32_t offset) {
  return info.AllocatedFieldAt(object.name.substr(0, object.name.find('#')), object.size, offset);
}

std::optional<Field> Resolve(DebugInfo& info, const TraceObject& object, uint32_t offset) {
  if (object.kind == TraceObject::Kind::Heap) return ResolveHeap(info, object, offset);
  if (object.kind != TraceObject::Kind::Global || object.base == 0) return std::nullopt;
  const uint64_t address = object.defined ? object.defined : object.base;
  return info.FieldAt(address - SymbolTable::Get().bias(), offset);
}

}  // namespace

Symbolizer::Symbolizer() = default;
Symbolizer::~Symbolizer() = default;

Symbolizer& Symbolizer::Get() {
  static Symbolizer symbolizer;
  return symbolizer;
}

DebugInfo& Symbolizer::Info() {
  if (!info_) {
    SymbolTable::Get().Load();
    info_ = std::make_unique<DebugInfo>();
  }
  return *info_;
}

bool Symbolizer::HasDebugInfo() { return Info().present(); }

std::vector<Frame> Symbolizer::Frames(uint64_t pc, bool return_address) {
  auto [entry, added] = frames_.try_emplace({pc, return_address});
  std::vector<Frame>& frames = entry->second;
  if (!added) return frames;
  DebugInfo& info = Info();
  const uint64_t address = return_address ? pc - 1 : pc;
  frames = info.FramesAt(address - SymbolTable::Get().bias());
  if (frames.empty()) frames.push_back(FrameFromSymbol(address));
  if (frames.back().function.empty()) {
    const Frame named = FrameFromSymbol(address);
    frames.back().function = named.function;
    frames.back().full = named.full;
  }
  for (Frame& frame : frames)
    if (frame.function.empty()) frame.function = frame.full = "??";
  return frames;
}

std::string Symbolizer::FieldPath(const TraceObject& object, uint32_t offset) {
  const auto field = Resolve(Info(), object, offset);
  return field ? object.name + field->path : WithOffset(object.name, offset);
}

std::string Symbolizer::ShortField(const TraceObject& object, uint32_t offset) {
  const auto field = Resolve(Info(), object, offset);
  if (!field || field->type.empty()) return FieldPath(object, offset);
  return field->type + field->path.substr(field->type_at);
}

ValueKind Symbolizer::KindOfField(const TraceObject& object, uint32_t offset) {
  const auto field = Resolve(Info(), object, offset);
  return field ? field->kind : ValueKind::Unknown;
}

bool Symbolizer::InImage(uint64_t value) {
  Info();
  return SymbolTable::Get().InImage(value);
}

const std::vector<std::string>& Symbolizer::SourceLines(const std::string& file) {
  return SourceTree::Get().Lines(file);
}

}  // namespace hotweave
