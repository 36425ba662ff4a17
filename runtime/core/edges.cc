// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Names of edges. See edges.h.
#include "core/edges.h"

#include <string_view>

namespace hotweave {
namespace {

// "void mutex_lock(struct mutex *)" is mutex_lock, "bool (anonymous namespace)::Wake(Task &)" is Wake.
std::string_view FunctionOf(const Where& where) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  std::string_view name = where.function_name();
  if (const size_t n = name.find(kAnonymous); n != std::string_view::npos) name = name.substr(n + kAnonymous.size());
  name = name.substr(0, name.find('('));
  const size_t begin = name.find_last_of(" :*&");
  return begin == std::string_view::npos ? name : name.substr(begin + 1);
}

}  // namespace

bool EdgeExperiment::Drops(const char* what, const Where& where) {
  std::string_view file = where.file_name();
  file = file.substr(file.find_last_of('/') + 1);
  std::string name(file);
  name += ": " + std::string(FunctionOf(where)) + " " + what;
  const auto dropped = drop.find(name);
  const bool drops = dropped != drop.end() && (!dropped->second || dropped->second == where.line());
  seen[std::move(name)].insert(where.line());
  return drops;
}

}  // namespace hotweave
