// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Lines, inlined frames and variables out of DWARF (debug_info.h). Depends on libdw.
#include "report/debug_info.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <dwarf.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/symbols.h"

namespace hotweave {
namespace {

std::string StringAttribute(Dwarf_Die* die, unsigned name) {
  Dwarf_Attribute attribute;
  const char* text = dwarf_attr_integrate(die, name, &attribute) ? dwarf_formstring(&attribute) : nullptr;
  return text ? text : "";
}

uint64_t NumberAttribute(Dwarf_Die* die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0) return 0;
  return value;
}

// Absolute if `file` is, else beneath `directory`; without "." and ".." components.
std::string Join(std::string_view directory, std::string_view file) {
  std::string path =
      file.starts_with('/') ? std::string(file) : std::string(directory) + "/" + std::string(file);
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = std::string_view(path).substr(at, end - at);
    if (part == ".." && !parts.empty())
      parts.pop_back();
    else if (!part.empty() && part != ".")
      parts.push_back(part);
    at = end + 1;
  }
  std::string out;
  for (std::string_view part : parts) (out += '/') += part;
  return path.starts_with('/') ? out : out.substr(out.empty() ? 0 : 1);
}

// The directory, with its final '/', that two paths share.
std::string CommonDirectory(std::string_view a, std::string_view b) {
  const size_t n = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())), b.begin())
          .first -
      a.begin());
  const size_t slash = a.substr(0, n).rfind('/');
  return slash == a.npos ? "" : std::string(a.substr(0, slash + 1));
}

void SetFunction(Dwarf_Die* die, Frame* frame) {
  std::string name = StringAttribute(die, DW_AT_linkage_name);
  if (name.empty()) name = StringAttribute(die, DW_AT_name);
  if (name.empty()) return;
  frame->function = DemangleShort(name.c_str());
  frame->full = Demangle(name.c_str());
}

bool IsFunction(int tag) { return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine; }
bool IsScope(int tag) { return IsFunction(tag) || tag == DW_TAG_lexical_block; }

}  // namespace

DebugInfo::DebugInfo() {
  fd_ = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd_ >= 0) dwarf_ = dwarf_begin(fd_, DWARF_C_READ);
  if (dwarf_) ReadUnits();
}

DebugInfo::~DebugInfo() {
  if (dwarf_) dwarf_end(dwarf_);
  if (fd_ >= 0) close(fd_);
}

void DebugInfo::ReadUnits() {
  Dwarf_CU* cu = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf_, cu, &cu, nullptr, nullptr, &die, nullptr) == 0) {
    if (dwarf_tag(&die) != DW_TAG_compile_unit) continue;
    Unit unit{die, StringAttribute(&die, DW_AT_comp_dir), ""};
    unit.source = Join(unit.directory, StringAttribute(&die, DW_AT_name));
    units_.push_back(std::move(unit));
    ReadRanges(units_.size() - 1);
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.lo < b.lo; });
}

void DebugInfo::ReadRanges(size_t unit) {
  Dwarf_Addr base, lo, hi;
  for (ptrdiff_t at = 0; (at = dwarf_ranges(&units_[unit].die, at, &base, &lo, &hi)) > 0;)
    if (lo < hi && lo != 0) ranges_.push_back({lo, hi, unit});  // 0: code that the linker dropped
}

const DebugInfo::Unit* DebugInfo::UnitAt(uint64_t address) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                [](uint64_t a, const Range& r) { return a < r.lo; });
  if (after == ranges_.begin() || std::prev(after)->hi <= address) return nullptr;
  return &units_[std::prev(after)->unit];
}

// dwarf_getscopes() does not look into namespaces, and clang puts functions there.
bool DebugInfo::FindScopes(Dwarf_Die* parent, uint64_t address, std::vector<Dwarf_Die>* scopes) {
  Dwarf_Die die;
  if (dwarf_child(parent, &die) != 0) return false;
  do {
    const int tag = dwarf_tag(&die);
    if (tag == DW_TAG_namespace) {
      if (FindScopes(&die, address, scopes)) return true;
      continue;
    }
    if (!IsScope(tag) || dwarf_haspc(&die, address) != 1) continue;
    FindScopes(&die, address, scopes);
    scopes->push_back(die);
    return true;
  } while (dwarf_siblingof(&die, &die) == 0);
  return false;
}

void DebugInfo::SetPlace(const Unit& unit, const char* file, int line, int column, Frame* frame) {
  if (file && *file) frame->file = Relative(unit, file);
  frame->line = static_cast<uint32_t>(std::max(line, 0));
  frame->column = static_cast<uint32_t>(std::max(column, 0));
}

std::string DebugInfo::CallFile(const Unit& unit, Dwarf_Die* call) const {
  Dwarf_Files* files = nullptr;
  size_t n = 0;
  Dwarf_Die die = unit.die;
  const uint64_t index = NumberAttribute(call, DW_AT_call_file);
  if (dwarf_getsrcfiles(&die, &files, &n) != 0 || index >= n) return "";
  const char* name = dwarf_filesrc(files, index, nullptr, nullptr);
  return name ? name : "";
}

std::vector<Frame> DebugInfo::FramesAt(uint64_t address) {
  const Unit* unit = UnitAt(address);
  if (!unit) return {};
  Dwarf_Die die = unit->die;
  Frame frame;
  int line = 0, column = 0;
  if (Dwarf_Line* where = dwarf_getsrc_die(&die, address)) {
    dwarf_lineno(where, &line);
    dwarf_linecol(where, &column);
    SetPlace(*unit, dwarf_linesrc(where, nullptr, nullptr), line, column, &frame);
  }
  std::vector<Frame> frames;
  std::vector<Dwarf_Die> scopes;
  FindScopes(&die, address, &scopes);
  for (Dwarf_Die& scope : scopes) {
    if (!IsFunction(dwarf_tag(&scope))) continue;
    SetFunction(&scope, &frame);
    frame.inlined = dwarf_tag(&scope) == DW_TAG_inlined_subroutine;
    frames.push_back(frame);
    if (!frame.inlined) break;
    frame = Frame();
    SetPlace(*unit, CallFile(*unit, &scope).c_str(),
             static_cast<int>(NumberAttribute(&scope, DW_AT_call_line)),
             static_cast<int>(NumberAttribute(&scope, DW_AT_call_column)), &frame);
  }
  if (frames.empty() && frame.line) frames.push_back(frame);  // a place without a function
  return frames;
}

std::string DebugInfo::Relative(const Unit& unit, std::string_view file) {
  std::string path = Join(unit.directory, file);
  while (path.starts_with("./")) path.erase(0, 2);   // the build may hide where it was made
  if (!path.starts_with('/')) return path;
  if (path.starts_with(unit.directory + "/")) return path.substr(unit.directory.size() + 1);
  const std::string& root = CommonRoot(unit.directory);
  return path.starts_with(root) ? path.substr(root.size()) : path;
}

// "" if the sources compiled in the directory share nothing but the file system.
const std::string& DebugInfo::CommonRoot(const std::string& directory) {
  auto [entry, added] = roots_.try_emplace(directory);
  if (!added) return entry->second;
  std::string root;
  bool first = true;
  for (const Unit& unit : units_) {
    if (unit.directory != directory || !unit.source.starts_with('/')) continue;
    root = CommonDirectory(first ? unit.source : root, unit.source);
    first = false;
  }
  return entry->second = root == "/" ? "" : root;
}

// ---- Variables --------------------------------------------------------------------------------------

namespace {

bool VariableAddress(Dwarf_Die* die, uint64_t* address) {
  Dwarf_Attribute attribute;
  Dwarf_Op* ops = nullptr;
  size_t n = 0;
  if (!dwarf_attr(die, DW_AT_location, &attribute) || dwarf_getlocation(&attribute, &ops, &n) != 0 || n != 1)
    return false;
  if (ops[0].atom == DW_OP_addr) {
    *address = ops[0].number;
    return true;
  }
  Dwarf_Attribute indexed;
  Dwarf_Addr value = 0;
  if (ops[0].atom != DW_OP_addrx || dwarf_getlocation_attr(&attribute, &ops[0], &indexed) != 0 ||
      dwarf_formaddr(&indexed, &value) != 0)
    return false;
  *address = value;
  return true;
}

bool MayHoldVariables(int tag) {
  return tag == DW_TAG_namespace || tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block;
}

}  // namespace

void DebugInfo::ReadNames(Dwarf_Die* parent, bool top) {
  Dwarf_Die die;
  if (dwarf_child(parent, &die) != 0) return;
  do {
    uint64_t address = 0;
    const int tag = dwarf_tag(&die);
    if (tag == DW_TAG_variable && VariableAddress(&die, &address)) variables_.emplace(address, die);
    const char* name = top && tag == DW_TAG_subprogram ? dwarf_diename(&die) : nullptr;
    if (name) functions_[name].push_back(die);
    if (MayHoldVariables(tag)) ReadNames(&die, false);
  } while (dwarf_siblingof(&die, &die) == 0);
}

// A walk over all there is: libdw has no index of names.
void DebugInfo::ReadNames() {
  if (names_read_) return;
  names_read_ = true;
  for (Unit& unit : units_) ReadNames(&unit.die, true);
}

std::optional<Field> DebugInfo::FieldAt(uint64_t address, uint64_t offset) {
  ReadNames();
  const auto found = variables_.find(address);
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (found == variables_.end() || !dwarf_attr_integrate(&found->second, DW_AT_type, &attribute) ||
      !dwarf_formref_die(&attribute, &type))
    return std::nullopt;
  return FindField(type, offset);
}

std::optional<Field> DebugInfo::AllocatedFieldAt(const std::string& function, uint64_t size, uint64_t offset) {
  auto [entry, added] = allocated_.try_emplace({function, size});
  if (added) {
    ReadNames();
    std::map<std::string, Dwarf_Die> types;
    const auto named = functions_.find(function);
    if (named != functions_.end()) {
      for (Dwarf_Die& die : named->second) CollectPointees(&die, size, &types);
    }
    if (types.size() == 1) entry->second = types.begin()->second;
  }
  if (!entry->second) return std::nullopt;
  Field field = FindField(*entry->second, offset);
  return field.path.empty() ? std::nullopt : std::optional<Field>(field);
}

}  // namespace hotweave
