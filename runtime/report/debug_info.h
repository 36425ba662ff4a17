// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The DWARF of the running program as the symbolizer needs it. Internal to report/. Addresses here are those
// of the ELF file (run-time address minus SymbolTable::bias()). Depends on libdw.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <elfutils/libdw.h>

#include "report/symbol_source.h"

namespace hotweave {

// Where an offset into a variable leads.
struct Field {
  std::string path;    // after the variable's name: "[0].node_zones[1].present_pages"
  std::string type;    // innermost named structure on the way; empty if none
  size_t type_at = 0;  // where in `path` the part within that structure begins
  ValueKind kind = ValueKind::Unknown;
};

// The structures of `size` bytes that a function's variables, parameters and result point to, inlined functions included:
// what a function of that name that allocates so many bytes may have allocated. (debug_fields.cc)
void CollectPointees(Dwarf_Die* function, uint64_t size, std::map<std::string, Dwarf_Die>* types);

// Descends from a type to the member that holds byte `offset`. (debug_fields.cc)
Field FindField(Dwarf_Die type, uint64_t offset);

class DebugInfo {
 public:
  DebugInfo();  // opens /proc/self/exe; without debug information nothing is ever found
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  bool present() const { return !units_.empty(); }

  // The frames of a code address, innermost first; empty if it has no debug information. A function may be
  // empty where DWARF does not name it.
  std::vector<Frame> FramesAt(uint64_t address);

  // The field at `offset` of the variable that begins at `address`.
  std::optional<Field> FieldAt(uint64_t address, uint64_t offset);

  // The field at `offset` of memory of `size` bytes that `function` allocated, if there is just one structure of that size
  // that the function has pointers to.
  std::optional<Field> AllocatedFieldAt(const std::string& function, uint64_t size, uint64_t offset);

 private:
  struct Unit {
    Dwarf_Die die;
    std::string directory;  // it was compiled in
    std::string source;     // its main file, absolute or relative to something unknown
  };
  struct Range {
    uint64_t lo, hi;
    size_t unit;
  };

  void ReadUnits();
  void ReadRanges(size_t unit);
  void ReadNames();
  void ReadNames(Dwarf_Die* parent, bool top);
  const Unit* UnitAt(uint64_t address) const;
  // The blocks and functions, inlined ones too, that contain the address; innermost first.
  static bool FindScopes(Dwarf_Die* parent, uint64_t address, std::vector<Dwarf_Die>* scopes);
  void SetPlace(const Unit& unit, const char* file, int line, int column, Frame* frame);
  std::string CallFile(const Unit& unit, Dwarf_Die* call) const;
  std::string Relative(const Unit& unit, std::string_view file);
  const std::string& CommonRoot(const std::string& directory);

  int fd_ = -1;
  Dwarf* dwarf_ = nullptr;
  std::vector<Unit> units_;
  std::vector<Range> ranges_;                 // by lo
  std::map<uint64_t, Dwarf_Die> variables_;   // by address
  std::map<std::string, std::vector<Dwarf_Die>, std::less<>> functions_;   // by name; those at the top of their units
  std::map<std::string, std::string> roots_;  // by compile directory
  bool names_read_ = false;
  std::map<std::pair<std::string, uint64_t>, std::optional<Dwarf_Die>> allocated_;   // by function and size
};

}  // namespace hotweave
