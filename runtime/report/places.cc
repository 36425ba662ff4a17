// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Stacks and locks as people read them (story.h).
#include <algorithm>
#include <string_view>

#include "report/story.h"

namespace hotweave {
namespace {

// The rooms of the engine and of the kernel interface; the path before them depends on where it was built.
bool IsRuntime(const Frame& frame) {
  static constexpr std::string_view kRooms[] = {"runtime/core/",   "runtime/memory/",   "runtime/check/",
                                                "runtime/kernel/", "runtime/strategy/", "runtime/include/"};
  const std::string file = "/" + frame.file;
  return std::any_of(std::begin(kRooms), std::end(kRooms), [&](std::string_view room) {
    return file.find("/" + std::string(room)) != std::string::npos;
  });
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

// Every pc is taken for a return address. Where the first one is that of a faulting instruction, the one
// before it is the call that announced the access, which has the same place.
std::vector<Frame> TargetFrames(const Stack& stack, SymbolSource& symbols) {
  std::vector<Frame> frames;
  for (uint64_t pc : stack)
    for (Frame& frame : symbols.Frames(pc, true)) frames.push_back(std::move(frame));
  const auto first = std::find_if_not(frames.begin(), frames.end(), IsRuntime);
  if (first == frames.end()) return frames;
  const auto last = std::find_if_not(frames.rbegin(), frames.rend(), IsRuntime).base();
  return {first, last};
}

Frame TargetFrame(const Stack& stack, SymbolSource& symbols) {
  std::vector<Frame> frames = TargetFrames(stack, symbols);
  return frames.empty() ? Frame() : frames.front();
}

std::string PlainFunction(const std::string& function) {
  static constexpr std::string_view kPrefix = "hotweave_target_";
  return function.starts_with(kPrefix) ? function.substr(kPrefix.size()) : function;
}

std::string CompactStack(const Stack& stack, size_t most, SymbolSource& symbols) {
  const std::vector<Frame> frames = TargetFrames(stack, symbols);
  std::string out;
  for (size_t i = 0; i < std::min(frames.size(), most); i++)
    out += i == 0 ? ShortPlace(frames[0]) : " < " + PlainFunction(frames[i].function);
  return frames.size() > most && most > 0 ? out + " < ..." : out;
}

std::string ShortPlace(const Frame& frame) {
  std::string out = PlainFunction(frame.function);
  if (frame.file.empty()) return out;
  out += " " + std::string(BaseName(frame.file));
  if (frame.line) out += ":" + std::to_string(frame.line);
  return out;
}

std::string PlaceOfStack(const Trace& trace, uint32_t stack, SymbolSource& symbols) {
  if (stack >= trace.stacks.size() || trace.stacks[stack].empty()) return "";
  return ShortPlace(TargetFrame(trace.stacks[stack], symbols));
}

std::string LockName(const Trace& trace, const char* name, uint32_t object, uint32_t offset,
                     SymbolSource& symbols) {
  if (name && *name) return name;
  return object < trace.objects.size() ? symbols.FieldPath(trace.objects[object], offset) : "?";
}

}  // namespace hotweave
